using System.Security.Cryptography;
using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Analysis.Tests.Events;

public sealed class CustomerKeyTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef");

    [Fact]
    public void A_key_is_the_first_128_bits_of_the_hmac_of_kind_and_id()
    {
        var expected = HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes("ué@example.com"))[..16];

        Assert.Equal(Convert.ToHexStringLower(expected), CustomerKeys.Of(Secret, CustomerId.User("é@example.com")).Value.ToString("x32", null));
    }

    [Fact]
    public void The_two_kinds_of_id_never_share_a_stream() =>
        Assert.NotEqual(CustomerKeys.Of(Secret, CustomerId.User("42")), CustomerKeys.Of(Secret, CustomerId.Anonymous("42")));

    [Fact]
    public void Ids_of_any_length_have_a_key() =>
        Assert.Equal(26, CustomerKeys.Of(Secret, CustomerId.User(new string('é', 5000))).ToString().Length);

    [Theory]
    [InlineData("00000000000000000000000000000000", "aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("ffffffffffffffffffffffffffffffff", "7777777777777777777777777" + "4")]
    [InlineData("00112233445566778899aabbccddeeff", "aaisem2ekvthpcezvk54zxpo74")]
    public void The_text_is_base32_of_rfc_4648_in_lower_case(string hex, string text) =>
        Assert.Equal(text, new CustomerKey(UInt128.Parse(hex, System.Globalization.NumberStyles.HexNumber, null)).ToString());

    [Fact]
    public void Every_key_comes_back_from_its_text() => Prop.ForAll<ulong, ulong>((high, low) =>
    {
        var key = new CustomerKey(new UInt128(high, low));
        return CustomerKey.TryParse(key.ToString(), out var back) && back == key;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaab")]
    [InlineData("Aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("1aaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Any_other_text_is_refused(string text) => Assert.False(CustomerKey.TryParse(text, out _));

    [Fact]
    public void An_event_id_depends_on_customer_and_message_only()
    {
        var ann = CustomerKeys.Of(Secret, CustomerId.User("ann"));
        var bob = CustomerKeys.Of(Secret, CustomerId.User("bob"));

        Assert.Equal(EventIds.Of(ann, "m"), EventIds.Of(ann, "m"));
        Assert.Distinct([EventIds.Of(ann, "m"), EventIds.Of(ann, "n"), EventIds.Of(bob, "m")]);
        Assert.Equal(8, EventIds.Of(ann, "m").Version);
    }

    /// <summary>The test vector of SipHash-2-4-128 for the key 00..0f and the message 00..07, with version and variant of the UUID put in.</summary>
    [Fact]
    public void The_id_of_an_event_is_the_keyed_hash_of_its_message_id()
    {
        var key = new CustomerKey(new UInt128(0x0001020304050607, 0x08090a0b0c0d0e0f));
        Assert.Equal(Guid.Parse("3b62a9ba-6258-8561-8f83-e264f31497b4"), EventIds.Of(key, "\0\u0001\u0002\u0003\u0004\u0005\u0006\a"));
    }
}
