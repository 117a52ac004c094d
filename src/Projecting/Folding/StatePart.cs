using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>Where the state of a person in memory lies, and how it stands to what is committed.</summary>
internal struct StateSlot
{
    /// <summary>The block.</summary>
    public int Block;

    /// <summary>Where in the block.</summary>
    public int Offset;

    /// <summary>Bytes of it; 0 = there is none.</summary>
    public int Length;

    /// <summary>The batch that asked for it last, by the count of the <see cref="StateCache"/>.</summary>
    public uint Batch;

    /// <summary>Whether it differs from what is committed.</summary>
    public bool IsDirty;

    /// <summary>False if certainly no state of the person is committed.</summary>
    public bool IsStored;

    /// <summary>Whether anything is known of the person.</summary>
    public readonly bool IsKnown => Length > 0;
}

/// <summary>The states of one fold partition.</summary>
internal sealed class StatePart
{
    private const int FirstBlockBytes = 4 * 1024;
    private const int BlockBytes = 256 * 1024;

    // What was handed out for a commit lies in them too, so bytes that were written once never change.
    private List<byte[]> blocks = [];
    private int used;
    private long allBytes;
    private long liveBytes;

    public Dictionary<CustomerKey, StateSlot> Slots { get; } = [];

    /// <summary>Persons whose states differ from what is committed.</summary>
    public List<CustomerKey> Dirty { get; } = [];

    /// <summary>For who writes a state to be put here.</summary>
    public StateWriter Writer { get; } = new();

    public ReadOnlyMemory<byte> BytesOf(in StateSlot slot) => slot.IsKnown ? blocks[slot.Block].AsMemory(slot.Offset, slot.Length) : default;

    /// <summary>Puts a state in the place of the one that a slot has; empty = it has none any more.</summary>
    public void Put(ref StateSlot slot, ReadOnlySpan<byte> state)
    {
        liveBytes += state.Length - slot.Length;
        slot.Length = 0;
        if (allBytes > BlockBytes && allBytes > 2 * liveBytes) Compact();
        Append(ref slot, state);
    }

    public void Remove(CustomerKey person, in StateSlot slot)
    {
        liveBytes -= slot.Length;
        Slots.Remove(person);
    }

    public void Clear()
    {
        Slots.Clear();
        Dirty.Clear();
        blocks.Clear();
        (used, allBytes, liveBytes) = (0, 0, 0);
    }

    /// <inheritdoc cref="StateCache.TakeDirty"/>
    public TakenPart TakeDirty()
    {
        var taken = new TakenPart(Dirty.Count);
        foreach (var person in Dirty)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(Slots, person);
            if (slot.IsKnown) taken.Add(person, BytesOf(slot), slot.IsStored);
            else if (slot.IsStored) taken.Gone.Add(person);
            (slot.IsStored, slot.IsDirty) = (slot.IsKnown, false);
        }
        Dirty.Clear();
        taken.Sort();
        return taken;
    }

    private void Append(ref StateSlot slot, ReadOnlySpan<byte> state)
    {
        if (state.IsEmpty) return;
        if (blocks.Count == 0 || blocks[^1].Length - used < state.Length)
        {
            blocks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(state.Length, (int)Math.Clamp(allBytes, FirstBlockBytes, BlockBytes))));
            used = 0;
        }
        state.CopyTo(blocks[^1].AsSpan(used));
        (slot.Block, slot.Offset, slot.Length) = (blocks.Count - 1, used, state.Length);
        used += state.Length;
        allBytes += state.Length;
    }

    // Most of what lies here was replaced since.
    private void Compact()
    {
        var before = blocks;
        (blocks, used, allBytes) = ([], 0, 0);
        foreach (var person in Slots.Keys)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(Slots, person);
            if (slot.IsKnown) Append(ref slot, before[slot.Block].AsSpan(slot.Offset, slot.Length));
        }
    }
}
