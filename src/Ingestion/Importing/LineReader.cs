using System.Runtime.CompilerServices;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Some whole lines of an import.</summary>
/// <param name="Lines">Each line's number from 1 and its bytes; a line that is too long has none.</param>
/// <param name="Bytes">Bytes read for them, line ends included.</param>
internal sealed record LineBatch(List<(long Number, ReadOnlyMemory<byte> Text)> Lines, long Bytes);

/// <summary>Cuts a stream into batches of whole lines, in bounded memory whatever the stream holds.</summary>
internal static class LineReader
{
    private const int BlockBytes = 1_048_576;

    /// <summary>All batches, in order. Blank lines are left out, but counted in the numbers; a byte order mark is skipped.</summary>
    public static async IAsyncEnumerable<LineBatch> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cutter = new Cutter();
        while (true)
        {
            // A new block for each batch: its lines live as long as the batch, and no longer.
            var read = await cutter.FillAsync(stream, cancellationToken);
            cutter.Cut(isEnd: read == 0);
            if (cutter.IsFull || (read == 0 && cutter.HasLines)) yield return cutter.Take();
            if (read == 0) yield break;
        }
    }

    private sealed class Cutter
    {
        private byte[] block = new byte[BlockBytes];
        private int start;
        private int end;
        private bool isSkipping;
        private long number;
        private long bytes;
        private List<(long, ReadOnlyMemory<byte>)> lines = [];

        public bool HasLines => lines.Count > 0 || bytes > 0;

        public bool IsFull => lines.Count >= Limits.ImportBatchLines || bytes >= Limits.ImportBatchBytes;

        public async Task<int> FillAsync(Stream stream, CancellationToken cancellationToken)
        {
            if (end == block.Length)
            {
                // What is left of the last line moves to a new block; the old one stays with the lines cut from it.
                var next = new byte[Math.Max(BlockBytes, (end - start) * 2)];
                block.AsSpan(start, end - start).CopyTo(next);
                (block, end, start) = (next, end - start, 0);
            }
            var read = await stream.ReadAsync(block.AsMemory(end), cancellationToken);
            end += read;
            bytes += read;
            return read;
        }

        public void Cut(bool isEnd)
        {
            if (number == 0 && end - start >= 3 && block.AsSpan(start, 3).SequenceEqual("\uFEFF"u8)) start += 3;
            while (block.AsSpan(start, end - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                Add(length);
                start += length + 1;
            }
            if (end - start > Limits.MaxLineBytes)
            {
                if (!isSkipping) lines.Add((number + 1, default));
                (isSkipping, start) = (true, end);
            }
            if (!isEnd || start == end) return;
            Add(end - start);
            start = end;
        }

        public LineBatch Take()
        {
            var batch = new LineBatch(lines, bytes);
            (lines, bytes) = ([], 0);
            return batch;
        }

        private void Add(int length)
        {
            number++;
            if (isSkipping) { isSkipping = false; return; }
            var line = block.AsMemory(start, length);
            if (line.Span.Trim(" \t\r"u8).Length == 0) return;
            lines.Add((number, length > Limits.MaxLineBytes ? default : line));
        }
    }
}
