using System.Diagnostics;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Projecting.Engine;

public sealed partial class ProjectionEngine
{
    /// <summary>
    /// The engine between two failures: facts, instances and states in memory, all of which equal what is committed whenever no batch is at work.
    /// </summary>
    private sealed partial class Session
    {
        private readonly ProjectionEngine engine;
        private readonly IOwnership ownership;
        private readonly InstanceStore store;
        private readonly PositionSignal standing = new();
        private readonly FactsStage factsStage;
        private readonly Partitioner partitioner;
        private readonly HeavyPersons heavy;
        private readonly FoldStage folding;
        private readonly LogFollower follower;
        private readonly System.Collections.Concurrent.ConcurrentBag<Task> catchUps = [];
        private readonly CancellationTokenSource ending = new();
        private long factsEpoch;
        private LogPosition? warmTo;
        private readonly Dictionary<string, string> warmRules = new(StringComparer.Ordinal);

        // Decided in memory, not committed yet.
        private FactsDelta decided = new();
        private readonly MinuteStarts minutes = new();

        // Up to where all that is live is applied in memory, and up to where it was taken to be committed: in an owner's session the facts, too.
        private LogPosition? applied;
        private LogPosition? taken;
        private long pendingEvents;
        private long? recordedAt;
        private long lastCommit = Stopwatch.GetTimestamp();
        private readonly CommitPace pace = new();
        private long lastStates = Stopwatch.GetTimestamp();
        private long lastBatch = Stopwatch.GetTimestamp();
        private long lastDue = Stopwatch.GetTimestamp();

        // Replaced whole, at a boundary, because others read it at any time.
        private volatile Instance[] live = [];

        // The projects as of the last boundary: everything that is decided or folded looks at these, so that all of a batch is done under one set of settings.
        private volatile IReadOnlyDictionary<string, Project> projects = new Dictionary<string, Project>();
        private bool isReconciled;

        // Why this session can't go on: what it holds in memory isn't what is committed any more.
        private Exception? failure;

        /// <summary>A session of the owner.</summary>
        public Session(ProjectionEngine engine) : this(engine, engine.ownership, engine.store)
        {
        }

        /// <summary>A session by some right.</summary>
        public Session(ProjectionEngine engine, IOwnership ownership, InstanceStore store)
        {
            (this.engine, this.ownership, this.store) = (engine, ownership, store);
            factsStage = new FactsStage(engine.log, Facts, new FactsStore(engine.source, () => landing), FindProject, KeyOf);
            partitioner = new Partitioner(Facts, FindProject);
            Reader = new PersonReader(engine.log, Facts, engine.Tuning.ScannedPersons, engine.Tuning.RefoldBytes);
            heavy = new HeavyPersons(engine.Tuning.HeavyPersonEvents, engine.Tuning.Deferral);
            folding = new FoldStage(partitioner, Reader, Facts, new StateStore(engine.source), engine.Tuning.Workers, heavy);
            follower = new LogFollower(engine.log, engine.Tuning);
            Registry = new InstanceRegistry(engine.catalog, store, engine.schemas, Facts, (instance, token) => CommitAsync([instance], token), engine.logger);
        }

        public FactsView Facts { get; } = new();

        public PersonReader Reader { get; }

        public InstanceRegistry Registry { get; }

        /// <summary>Where all that is live in this session is committed; null = nothing applied yet.</summary>
        public LogPosition? Position => standing.Position;

        // The owner decides the facts; a follower reads what it has decided.
        private bool IsOwner => ownership is LeaseOwnership;

        /// <summary>Held while a batch is at work, and by whoever needs everything to stand still between two batches.</summary>
        public SemaphoreSlim Boundary { get; } = new(1, 1);

        public Project? FindProject(string id) => projects.GetValueOrDefault(id);

        public async Task LoadAsync(CancellationToken cancellationToken)
        {
            var logId = await engine.log.GetIdentityAsync(cancellationToken);
            var head = await engine.log.GetHeadAsync(cancellationToken);
            if (head is not null) await engine.projects.WaitForAsync(head.Value, cancellationToken);
            projects = engine.projects.Projects;
            var row = await store.TakeOverAsync(FactsInstance.Id, "facts", 1, logId, cancellationToken);
            factsEpoch = row.Epoch;
            if (row.Position is { } position)
            {
                WrongLogException.CheckReaches(head, position);
                await using (var snapshot = await FactsSnapshot.OpenAsync(engine.source, cancellationToken)) await snapshot.ReadAsync(Facts, KeyOf, cancellationToken);
                await WarmAsync(position, cancellationToken);
                var starts = minutes.TakeFound();
                if (await engine.minutes.CountAsync(cancellationToken) < minutes.Count) await engine.committer.FillMinutesAsync(starts, position, factsEpoch, cancellationToken);
            }
            (applied, taken) = (row.Position, row.Position);
            await Registry.LoadAsync(logId, projects, cancellationToken);
            standing.Move(row.Position);
            Tell();
        }

        /// <summary>Reads which messages and orders the log holds up to a position: the longest part of a start, done ahead by a process that stands by.</summary>
        public async Task WarmAsync(LogPosition through, CancellationToken cancellationToken)
        {
            projects = (await engine.projects.WaitForAsync(through, cancellationToken)).Projects;
            // Orders that were read under other rules are not those that count now.
            foreach (var (id, project) in projects)
            {
                var rules = OrderIds.RulesOf(project);
                if (warmRules.TryGetValue(id, out var before) && before != rules) warmTo = null;
                warmRules[id] = rules;
            }
            if (warmTo >= through) return;
            var told = Stopwatch.StartNew();
            await foreach (var batch in follower.ReadHashedAsync(warmTo, through, cancellationToken))
            {
                factsStage.Remember(batch);
                minutes.Take(batch);
                warmTo = batch.End;
                batch.Memory?.Dispose();
                if (told.Elapsed < Limits.ProgressReport) continue;
                engine.logger.LogInformation("The log is read for the messages that it holds: at {Position} of {Through}.", warmTo, through);
                told.Restart();
            }
        }

        /// <summary>How far the log is read for the messages that it holds; null = nothing is yet.</summary>
        public LogPosition? WarmedTo => warmTo;

        /// <summary>Decides and folds what the log brings, until cancelled or until it can't go on.</summary>
        /// <param name="cancellationToken">Ends it in order: what is folded is written, unless that takes too long.</param>
        /// <param name="lost">Ends it at once: another process owns the read models.</param>
        public Task RunAsync(CancellationToken cancellationToken, CancellationToken lost) => RunAsync(
            async token =>
            {
                await Boundary.WaitAsync(token);
                try
                {
                    await ReconcileAsync(token);
                    // Before anything else is decided: beside the live loop it would be overtaken by the facts, and no number would move until it had caught up with them.
                    await RecoverAsync([.. Registry.All.Where(instance => instance.Position == Position)], token);
                    _ = Enter([.. Registry.All.Where(instance => !IsLive(instance) && !entered.Contains(instance))]);
                    await Registry.JoinAsync(live, token);
                    // Who was left waiting by the process before waits no longer.
                    await FlushAsync(token);
                }
                finally
                {
                    Boundary.Release();
                }
                catchUps.Add(LendAsync(token));
                await foreach (var batch in follower.FollowAsync(Position, MarkAsync, token)) await ApplyAsync(batch, token);
            },
            cancellationToken,
            lost);

        private async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken, CancellationToken lost)
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending.Token);
            await using var atOnce = lost.UnsafeRegister(_ => _ = ending.CancelAsync(), null);
            await using var afterAMoment = cancellationToken.UnsafeRegister(_ => ending.CancelAfter(Limits.StopGrace), null);
            try
            {
                catchUps.Add(FoldWaitingAsync(linked.Token));
                await work(linked.Token);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && failure is null && !ending.IsCancellationRequested)
            {
                await WriteFoldedAsync();
                throw;
            }
            catch (OperationCanceledException) when (failure is not (null or OperationCanceledException))
            {
                if (failure is CheckpointConflictException) throw new CheckpointConflictException(failure.Message, failure);
                throw new InvalidOperationException(failure.Message, failure);
            }
            finally
            {
                await ending.CancelAsync();
                await Task.WhenAll(catchUps);
                // Nothing is on its way to Postgres any more when the next session reads what is there.
                await Task.WhenAll(Registry.All.Select(instance => instance.Landing).Append(landing).Select(EndedAsync));
            }
        }

        // Whoever goes on has nothing to fold again.
        private async Task WriteFoldedAsync()
        {
            try
            {
                await StandStillAsync(() => FlushAsync(ending.Token, Waiting.Stay), ending.Token);
            }
            catch (Exception error)
            {
                engine.logger.LogInformation("What is folded and not committed is left to whoever goes on from {Position}: {Reason}", Position, error.Message);
            }
        }

        /// <summary>Looks at the definitions again with the next batch: another schema became live.</summary>
        public void Renew() => isReconciled = false;

        /// <summary>Does something while everything stands still between two batches.</summary>
        public async Task<T> AtBoundaryAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
        {
            await Boundary.WaitAsync(cancellationToken);
            try
            {
                // Not by the caller's token: one who gives up waiting must not end a commit half-way.
                await FlushAsync(ending.Token, Waiting.All);
                return await work();
            }
            finally { Boundary.Release(); }
        }

        /// <summary>The revisions that a schema answers as of where everything live stands.</summary>
        public IEnumerable<long> RevisionsOf(string schema) => live.Where(instance => instance.Id.Schema == schema).SelectMany(instance => instance.Revisions);

        /// <summary>Whether an instance stands where everything live of this process stands.</summary>
        public bool IsLive(InstanceId id) => Array.Exists(live, instance => instance.Id == id);

        /// <summary>Whether an instance stands where everything live stands.</summary>
        public bool IsLive(Instance instance) => Array.IndexOf(live, instance) >= 0;

        /// <summary>How far an instance's lost states are folded again; null = none are lost.</summary>
        public LogPosition? StatesAt(InstanceId id) => Registry.All.FirstOrDefault(instance => instance.Id == id)?.Lost?.FoundTo;

        /// <summary>How far anything has come that must be done before the next commit: lost states that are folded again.</summary>
        public LogPosition? RecoveredTo => Registry.All.Max(instance => instance.Lost?.FoundTo);

        /// <summary>Folds the parked persons of an instance again. Call at a boundary, for an instance that is live.</summary>
        /// <returns>How many persons are folded along again.</returns>
        public async Task<int> RetryParkedAsync(Instance instance, CancellationToken cancellationToken)
        {
            try
            {
                var before = instance.Pending.Refolds;
                await folding.RetryAsync([instance], static (_, mark) => mark.Reason is not null, FindProject, cancellationToken);
                var count = instance.Pending.Refolds - before;
                await CommitAsync([instance], cancellationToken);
                return count;
            }
            catch (Exception error)
            {
                await FailAsync(error);
                throw;
            }
        }

        private CustomerKey? KeyOf(string project, CustomerId customer) => FindProject(project) is { } found ? CustomerKeys.Of(found.CustomerSecret, customer) : null;

        // Runs ahead: while the batch before is decided, folded and committed.
        private async Task MarkAsync(DecodedBatch batch, CancellationToken cancellationToken)
        {
            using var span = EngineMeter.Traces.StartActivity("projecting.duplicates", ActivityKind.Internal, batch.Trace);
            var start = Stopwatch.GetTimestamp();
            await factsStage.MarkDuplicatesAsync(batch, cancellationToken);
            batch.MarkedIn = Stopwatch.GetElapsedTime(start);
        }

        // A batch that is begun is not given up for a stop in order.
        private async Task ApplyAsync(DecodedBatch batch, CancellationToken cancellationToken)
        {
            await engine.projects.WaitForAsync(batch.End, cancellationToken);
            await StandStillAsync(
                async () =>
                {
                    await ReconcileAsync(ending.Token);
                    using var span = EngineMeter.Traces.StartActivity("projecting.batch", ActivityKind.Consumer, batch.Trace);
                    span?.SetTag("events", batch.Events.Count).SetTag("position", batch.End.ToString());
                    var measured = engine.meter.Batch(batch.Events.Count);
                    lastBatch = Stopwatch.GetTimestamp();
                    using (EngineMeter.Traces.StartActivity("projecting.facts")) await factsStage.DecideAsync(batch, decided, ending.Token);
                    minutes.Take(batch);
                    await FoldLiveAsync(batch, batch.HasMore, batch.MarkedIn + Stopwatch.GetElapsedTime(lastBatch), ending.Token);
                    measured.Done();
                },
                ending.Token);
            batch.Memory?.Dispose();
        }

        // A batch that is decided: into everything live, and into Postgres when it is time.
        private async Task FoldLiveAsync(DecodedBatch batch, bool hasMore, TimeSpan decidedIn, CancellationToken cancellationToken)
        {
            var start = Stopwatch.GetTimestamp();
            using (EngineMeter.Traces.StartActivity("projecting.fold"))
                if (live.Length > 0) await folding.FoldAsync(batch, live, mayDefer: hasMore, cancellationToken);
            applied = batch.End;
            pendingEvents += batch.Events.Count;
            recordedAt = batch.RecordedAt ?? recordedAt;
            engine.meter.Stages(decidedIn, Stopwatch.GetElapsedTime(start), TimeSpan.Zero);
            await FlushWhenDueAsync(hasMore, cancellationToken);
        }

        // At a boundary.
        private async Task ReconcileAsync(CancellationToken cancellationToken)
        {
            var current = engine.projects.Projects;
            if (isReconciled && ReferenceEquals(current, projects)) return;
            await FlushAsync(cancellationToken);
            projects = current;
            if (IsOwner) await ReclaimOrdersAsync(cancellationToken);
            _ = Enter(await Registry.ReconcileAsync(current, cancellationToken));
            await Registry.JoinAsync(live, cancellationToken);
            isReconciled = true;
        }

        private async Task ReclaimOrdersAsync(CancellationToken cancellationToken)
        {
            if (Position is not { } position) return;
            foreach (var id in Facts.Projects())
            {
                if (FindProject(id) is not { } project || Facts.OrderRulesOf(id) is not { } rules || rules == OrderIds.RulesOf(project)) continue;
                var claims = await OrderReclaim.RunAsync(project, follower.ReadAsync(null, position, cancellationToken), Facts, engine.log, cancellationToken);
                await engine.committer.ReplaceOrdersAsync(project.Id, OrderIds.RulesOf(project), claims, position, factsEpoch, cancellationToken);
                factsStage.RememberOrders(claims);
                // What was claimed by the rules before counts no longer.
                decided = new FactsDelta();
                Facts.Write(writer => writer.ReplaceOrders(id, OrderIds.RulesOf(project), claims));
            }
        }
    }
}
