using EventSourcedAnalytics.Analysis.Events;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Ingestion.Tests;

public sealed class MessageValidatorTests
{
    [Fact]
    public void The_quick_look_accepts_nothing_that_the_rules_refuse_and_all_plain_messages()
    {
        var texts = Gen.Elements(null, "", "x", new string('x', Limits.MaxIdLength), new string('x', Limits.MaxIdLength + 1));
        var messages =
            from type in Gen.Elements<EventType?>(null, EventType.Track, EventType.Page, EventType.Screen, EventType.Identify, EventType.Group, EventType.Alias)
            from members in Gen.ArrayOf(texts, 9)
            select new Message
            {
                Index = 0, Type = type, Event = members[0], Name = members[1], Category = members[2], UserId = members[3], AnonymousId = members[4],
                PreviousId = members[5], GroupId = members[6], MessageId = members[7], SessionId = members[8],
            };
        var validator = new MessageValidator();

        Prop.ForAll(messages.ToArbitrary(), message =>
        {
            var isValid = validator.Validate(message).IsValid;
            var isPlain = MessageValidator.IsPlainlyValid(message);
            return message.Type is EventType.Alias or EventType.Group ? !isPlain : isPlain == isValid;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }
}
