using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>
/// What a customer's stream is called by: 128 bits made from the project's secret and the customer's id. Raw ids are often e-mail addresses, and a stream's name can
/// never be erased, so the name must tell nothing to whoever lacks the secret.
/// </summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct CustomerKey(UInt128 Value) : IComparable<CustomerKey>
{
    /// <summary>Characters of the text form.</summary>
    public const int TextLength = 26;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const byte NoDigit = 255;

    private static readonly byte[] Digits = [.. Enumerable.Range(0, 128).Select(c => Alphabet.IndexOf((char)c, StringComparison.Ordinal) is >= 0 and var digit ? (byte)digit : NoDigit)];

    /// <inheritdoc/>
    /// <remarks>The bits of a key are as good as random, and half of them name its fold partition.</remarks>
    public override int GetHashCode() => (int)(ulong)Value;

    /// <inheritdoc/>
    public int CompareTo(CustomerKey other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left key is smaller.</summary>
    public static bool operator <(CustomerKey left, CustomerKey right) => left.Value < right.Value;

    /// <summary>Whether the left key is larger.</summary>
    public static bool operator >(CustomerKey left, CustomerKey right) => left.Value > right.Value;

    /// <summary>Whether the left key is smaller or equal.</summary>
    public static bool operator <=(CustomerKey left, CustomerKey right) => left.Value <= right.Value;

    /// <summary>Whether the left key is larger or equal.</summary>
    public static bool operator >=(CustomerKey left, CustomerKey right) => left.Value >= right.Value;

    /// <summary>26 characters of lower-case base32 (RFC 4648, without padding).</summary>
    public override string ToString() => string.Create(TextLength, Value, static (text, value) =>
    {
        for (var i = 0; i < TextLength - 1; i++) text[i] = Alphabet[(int)(value >> (123 - (5 * i))) & 31];
        text[TextLength - 1] = Alphabet[((int)value & 7) << 2];
    });

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <returns>False if the text is not the one form of a key.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out CustomerKey key)
    {
        key = default;
        Span<byte> ascii = stackalloc byte[TextLength];
        return text.Length == TextLength && Ascii.FromUtf16(text, ascii, out _) == OperationStatus.Done && TryParse(ascii, out key);
    }

    /// <summary>Reads what <see cref="ToString"/> writes, as ASCII.</summary>
    /// <returns>False if the text is not the one form of a key.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out CustomerKey key)
    {
        key = default;
        // Thirteen characters are 65 bits, one more than a word holds.
        if (text.Length != TextLength || !TryDigits(text[..13], out var high, out var first) || !TryDigits(text[13..], out var low, out var middle)) return false;
        // 26 characters are 130 bits: the last two carry nothing.
        if ((low & 3) != 0) return false;
        var value = ((UInt128)first << 64 | high) << 1 | middle;
        key = new CustomerKey((value << 62) | (low >> 2));
        return true;
    }

    // Thirteen digits: the lower 64 bits, and the bit above them.
    private static bool TryDigits(ReadOnlySpan<byte> text, out ulong low, out ulong top)
    {
        (low, top) = (0, 0);
        foreach (var c in text)
        {
            var digit = c < Digits.Length ? Digits[c] : NoDigit;
            if (digit == NoDigit) return false;
            top = low >> 59 & 1;
            low = (low << 5) | digit;
        }
        return true;
    }
}

/// <summary>Makes customer keys.</summary>
public static class CustomerKeys
{
    // Setting up a key costs more than hashing an id, and a thread mostly works for one project.
    [ThreadStatic]
    private static (byte[] Secret, IncrementalHash Hash)? keyed;

    /// <summary>The first 128 bits of HMAC-SHA256(project secret, 'u' or 'a' + id as UTF-8): the two kinds of id never collide.</summary>
    /// <param name="projectSecret">The project's secret, at least 16 bytes.</param>
    /// <param name="customer">The customer as sent.</param>
    public static CustomerKey Of(byte[] projectSecret, CustomerId customer)
    {
        ArgumentNullException.ThrowIfNull(projectSecret);
        ArgumentOutOfRangeException.ThrowIfLessThan(projectSecret.Length, 16);
        var size = 1 + Encoding.UTF8.GetMaxByteCount(customer.Id.Length);
        var rented = size > 512 ? ArrayPool<byte>.Shared.Rent(size) : null;
        var text = rented ?? stackalloc byte[size];
        text[0] = (byte)customer.Kind;
        var length = 1 + Encoding.UTF8.GetBytes(customer.Id, text[1..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var hmac = KeyedWith(projectSecret);
        hmac.AppendData(text[..length]);
        hmac.GetHashAndReset(hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        return new CustomerKey(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    private static IncrementalHash KeyedWith(byte[] secret)
    {
        if (keyed is { } known && ReferenceEquals(known.Secret, secret)) return known.Hash;
        keyed?.Hash.Dispose();
        var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        keyed = (secret, hash);
        return hash;
    }
}
