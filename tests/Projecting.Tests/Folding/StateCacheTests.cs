using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Folding;

namespace EventSourcedAnalytics.Projecting.Tests.Folding;

/// <summary>Whose states stay in memory.</summary>
public sealed class StateCacheTests
{
    [Fact]
    public void Within_the_limit_everybody_stays()
    {
        var cache = CacheOf(batches: 4, personsOfEach: 25);
        cache.Trim(100);
        Assert.Equal(100, cache.Count);
        Assert.True(cache.IsComplete);
    }

    [Fact]
    public void Who_was_asked_for_longest_ago_goes_first()
    {
        var cache = CacheOf(batches: 10, personsOfEach: 20);
        // The first two persons of all come again.
        cache.BeginBatch();
        cache.Forget(Person(0));
        cache.Forget(Person(1));
        cache.Trim(100);
        Assert.False(cache.IsComplete);
        // Three quarters of the limit: the two, and the last three batches whole.
        Assert.Equal(Enumerable.Range(0, 200).Where(number => number < 2 || number >= 140), Enumerable.Range(0, 200).Where(number => cache.Holds(Person(number))));
        cache.Trim(100);
        Assert.Equal(62, cache.Count);
    }

    [Fact]
    public void More_of_one_batch_than_may_stay_all_go()
    {
        var cache = CacheOf(batches: 1, personsOfEach: 101);
        cache.Trim(100);
        Assert.Equal(0, cache.Count);
        Assert.False(cache.IsComplete);
        cache.Forget(Person(0));
        Assert.Equal([Person(0)], cache.TakeDirty(Partitioner.PartitionOf(Person(0))).Gone);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_person_has_the_state_that_it_was_given_last_and_a_commit_what_changed_since_the_one_before(int seed)
    {
        var (random, cache) = (new Random(seed), new StateCache());
        cache.Clear(isComplete: true);
        var folds = new ProjectFolds([(new Notes(), 0)]);
        var (now, stored, changed) = (new Dictionary<CustomerKey, string?>(), new Dictionary<CustomerKey, string?>(), new HashSet<CustomerKey>());
        var taken = new List<(ReadOnlyMemory<byte> Bytes, string Text)>();
        for (var step = 0; step < 20_000; step++)
        {
            var (person, other) = (Person(random.Next(60)), Person(random.Next(60)));
            switch (random.Next(10))
            {
                case 0:
                    cache.Forget(person);
                    Change(person, null);
                    break;
                case 1 when cache.Knows(person) && person != other:
                    cache.Move(person, other);
                    Change(other, now[person]);
                    Change(person, null);
                    break;
                default:
                    var text = new string((char)('a' + random.Next(26)), random.Next(1, 400));
                    cache.Write(person, Noted(folds, text));
                    Change(person, text);
                    break;
            }
            if (random.Next(100) == 0) Take();
        }
        Take();
        // What was handed out stays as it was, whatever was written since.
        Assert.All(taken, item => Assert.Equal(item.Text, TextOf(PersonState.Read(folds, item.Bytes.Span))));

        void Change(CustomerKey person, string? text)
        {
            now[person] = text;
            changed.Add(person);
        }

        void Take()
        {
            foreach (var (person, text) in now)
            {
                Assert.Equal(text is not null, cache.Knows(person));
                Assert.Equal(text, cache.Read(person, cache.Open(person), folds) is { } state ? TextOf(state) : null);
            }
            Assert.Equal(changed.Count, cache.DirtyCount);
            var parts = Enumerable.Range(0, Limits.FoldPartitions).Select(cache.TakeDirty).ToList();
            var (added, gone) = (parts.SelectMany(part => part.Added).ToList(), parts.SelectMany(part => part.Gone));
            Assert.Equal(changed.Where(person => now[person] is not null && stored.GetValueOrDefault(person) is null).Order(), added.Select(item => item.Person));
            Assert.Equal(changed.Where(person => now[person] is null && stored.GetValueOrDefault(person) is not null).Order(), gone.Order());
            taken.AddRange(added.Select(item => (item.State, now[item.Person]!)));
            foreach (var (person, state) in parts.SelectMany(part => part.Added.Concat(part.Changed)))
                Assert.Equal(now[person], TextOf(PersonState.Read(folds, state.Span)));
            foreach (var person in changed) stored[person] = now[person];
            changed.Clear();
        }
    }

    [Theory]
    [InlineData(0, 400_000)]
    [InlineData(4L << 30, 400_000)]
    [InlineData(24L << 30, 1_572_864)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void A_larger_machine_keeps_more_persons(long bytes, int persons) => Assert.Equal(persons, EngineSettings.CachedPersonsFor(bytes));

    private static StateCache CacheOf(int batches, int personsOfEach)
    {
        var cache = new StateCache();
        cache.Clear(isComplete: true);
        for (var batch = 0; batch < batches; batch++)
        {
            cache.BeginBatch();
            for (var i = 0; i < personsOfEach; i++) cache.Forget(Person((batch * personsOfEach) + i));
        }
        for (var partition = 0; partition < Limits.FoldPartitions; partition++) cache.TakeDirty(partition).Dispose();
        return cache;
    }

    private static CustomerKey Person(int number) => new((UInt128)(uint)number * 0x9E3779B97F4A7C15);

    private static PersonState Noted(ProjectFolds folds, string text)
    {
        var state = PersonState.New(folds);
        ((Notes.Note)state.States[0]).Text = text;
        return state;
    }

    private static string TextOf(PersonState state) => ((Notes.Note)state.States[0]).Text;

    // A fold whose states are as long as a test wants.
    private sealed class Notes : Fold<Notes.Note>
    {
        public override long Revision => 1;

        protected override void Write(Note state, StateWriter writer) => writer.Text(state.Text);

        protected override Note Read(ref StateReader reader) => new() { Text = reader.Text()! };

        public sealed class Note
        {
            public string Text { get; set; } = "";
        }
    }
}
