using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace EventSourcedAnalytics.Server.Commands;

/// <summary>Options that take a whole number, and say so where they are given something else.</summary>
internal static class WholeNumbers
{
    /// <summary>Reads the number of an option.</summary>
    /// <param name="result">What was given; told of what is wrong with it.</param>
    /// <param name="least">The smallest number that is allowed.</param>
    /// <returns>The number; 0 if there is none, and then the command does not run.</returns>
    public static T Parse<T>(ArgumentResult result, T least)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var given = result.Tokens[0].Value;
        if (T.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least) return number;
        var name = result.Parent is OptionResult { Option.Name: var option } ? option : result.Argument.Name;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} takes a whole number from {least} to {T.MaxValue}, not '{given}'."));
        return default;
    }
}
