namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>
/// RFC 3339 date and time straight from and to UTF-8, without a string between: the hot path of the front door and of every replay. Inside, instants are
/// milliseconds since the Unix epoch.
/// </summary>
public static class Rfc3339
{
    /// <summary>Bytes of the form written: <c>2024-01-10T13:00:00.000Z</c>.</summary>
    public const int WrittenLength = 24;

    private const long MillisecondsPerDay = 86_400_000;
    private const long MinMilliseconds = -62_135_596_800_000;
    private const long MaxMilliseconds = 253_402_300_799_999;

    /// <summary>
    /// Reads a date, or a date and time with or without seconds, fraction and offset; without an offset it is UTC. Finer than a millisecond is cut off.
    /// </summary>
    /// <returns>False if it is no such instant, or not between the years 1 and 9999 in UTC.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 10 || text[4] != (byte)'-' || text[7] != (byte)'-') return false;
        int year = (Two(text, 0) * 100) + Two(text, 2), month = Two(text, 5), day = Two(text, 8);
        if (Two(text, 0) < 0 || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        var result = DaysFromCivil(year, month, day) * MillisecondsPerDay;
        if (text.Length > 10)
        {
            if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' ') || !TryParseTime(text[11..], out var time)) return false;
            result += time;
        }
        if (result is < MinMilliseconds or > MaxMilliseconds) return false;
        milliseconds = result;
        return true;
    }

    /// <summary>Writes <c>2024-01-10T13:00:00.000Z</c>: exactly <see cref="WrittenLength"/> bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant is not between the years 1 and 9999.</exception>
    public static void Write(long milliseconds, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, MinMilliseconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, MaxMilliseconds);
        var days = Math.DivRem(milliseconds, MillisecondsPerDay, out var rest);
        if (rest < 0) { rest += MillisecondsPerDay; days--; }
        var (year, month, day) = CivilFromDays((int)days);
        var time = (int)rest;
        "0000-00-00T00:00:00.000Z"u8.CopyTo(target);
        PutTwo(target, 0, year / 100);
        PutTwo(target, 2, year % 100);
        PutTwo(target, 5, month);
        PutTwo(target, 8, day);
        PutTwo(target, 11, time / 3_600_000);
        PutTwo(target, 14, time / 60_000 % 60);
        PutTwo(target, 17, time / 1000 % 60);
        target[20] = (byte)('0' + (time / 100 % 10));
        PutTwo(target, 21, time % 100);
    }

    // HH:mm[:ss[.f+]][Z|(+|-)HH[:]mm]
    private static bool TryParseTime(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 5 || text[2] != (byte)':') return false;
        int hour = Two(text, 0), minute = Two(text, 3), second = 0, fraction = 0, at = 5;
        if (at < text.Length && text[at] == (byte)':')
        {
            if (text.Length < 8) return false;
            second = Two(text, 6);
            at = 8;
            if (at < text.Length && text[at] == (byte)'.' && !TryParseFraction(text, ref at, out fraction)) return false;
        }
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59) return false;
        if (!TryParseOffset(text[at..], out var offset)) return false;
        milliseconds = ((((((hour * 60L) + minute - offset) * 60) + second) * 1000) + fraction);
        return true;
    }

    private static bool TryParseFraction(ReadOnlySpan<byte> text, ref int at, out int milliseconds)
    {
        milliseconds = 0;
        var digits = 0;
        for (at++; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++, digits++)
            if (digits < 3) milliseconds = (milliseconds * 10) + (text[at] - '0');
        for (var missing = digits; missing < 3; missing++) milliseconds *= 10;
        return digits > 0;
    }

    private static bool TryParseOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 0) return true;
        if (text.Length == 1) return text[0] is (byte)'Z' or (byte)'z';
        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (5 or 6) || (text.Length == 6 && text[3] != (byte)':')) return false;
        int hour = Two(text, 1), minute = Two(text, text.Length - 2);
        if (hour is < 0 or > 23 || minute is < 0 or > 59) return false;
        minutes = (hour * 60) + minute;
        if (text[0] == (byte)'-') minutes = -minutes;
        return true;
    }

    // A negative number if one of the two is no digit.
    private static int Two(ReadOnlySpan<byte> text, int at)
    {
        int tens = text[at] - '0', ones = text[at + 1] - '0';
        return (uint)tens > 9 || (uint)ones > 9 ? -10_000 : (tens * 10) + ones;
    }

    private static void PutTwo(Span<byte> target, int at, int value)
    {
        target[at] = (byte)('0' + (value / 10));
        target[at + 1] = (byte)('0' + (value % 10));
    }

    // Days since 1970-01-01 of the proleptic Gregorian calendar. The year is counted from March, so that the leap day is its last.
    private static long DaysFromCivil(int year, int month, int day)
    {
        var shifted = month > 2 ? year : year - 1;
        var era = shifted / 400;
        var yearOfEra = shifted - (era * 400);
        var dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        return (era * 146_097L) + (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - 719_468;
    }

    private static (int Year, int Month, int Day) CivilFromDays(int days)
    {
        var shifted = days + 719_468;
        var era = shifted / 146_097;
        var dayOfEra = shifted - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        var month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        return ((era * 400) + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1);
    }
}
