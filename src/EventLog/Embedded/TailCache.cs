namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>The newest committed blocks in memory, so that readers near the head never touch the database.</summary>
internal sealed class TailCache(int maxBytes)
{
    private readonly Lock gate = new();
    private readonly List<BlockView> views = [];
    private int start;
    private long bytes;

    /// <summary>Adds committed blocks in order; a block that has grown replaces its former view.</summary>
    public void Publish(IReadOnlyList<Block> blocks)
    {
        lock (gate)
        {
            foreach (var block in blocks) Add(block.View);
            while (bytes > maxBytes && views.Count - start > 1) bytes -= views[start++].Bytes.Length;
            if (start <= views.Count / 2) return;
            views.RemoveRange(0, start);
            start = 0;
        }
    }

    public bool TryGet(long position, out BlockView view)
    {
        lock (gate)
        {
            var low = start;
            var high = views.Count - 1;
            while (low <= high)
            {
                var middle = (low + high) / 2;
                view = views[middle];
                if (position < view.First) high = middle - 1;
                else if (position > view.Last) low = middle + 1;
                else return true;
            }
        }
        view = default;
        return false;
    }

    private void Add(BlockView view)
    {
        bytes += view.Bytes.Length;
        if (views.Count > start && views[^1].First == view.First)
        {
            bytes -= views[^1].Bytes.Length;
            views[^1] = view;
        }
        else
        {
            views.Add(view);
        }
    }
}
