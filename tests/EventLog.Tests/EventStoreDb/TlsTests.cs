using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.Embedded.Node;
using EventSourcedAnalytics.EventLog.EventStoreDb;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>A node behind TLS with certificates of its own authority, that asks users for theirs.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly TempDirectory directory = new();
    private WebApplication app = null!;
    private EmbeddedEventLog log = null!;

    private static CancellationToken Token => CancellationToken.None;

    private int Port => new Uri(app.Urls.Single()).Port;

    public async Task InitializeAsync()
    {
        using var authorityKey = RSA.Create(2048);
        var request = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(PathOf("ca.crt"), authority.ExportCertificatePem());
        Issue(authority, "node", "localhost");
        Issue(authority, "user", null);

        log = EmbeddedEventLog.Open(PathOf("log"));
        var certificate = X509CertificateLoader.LoadPkcs12(X509Certificate2.CreateFromPemFile(PathOf("node.crt"), PathOf("node.key")).Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            listener.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (found, _, _) => found.Subject == "CN=user",
            });
        }));
        app = builder.Build();
        app.Use((http, next) =>
        {
            var isGossip = http.Request.Path.Value!.Contains("Gossip", StringComparison.Ordinal);
            if (isGossip || http.Connection.ClientCertificate is not null) return next(http);
            NodeHost.Refuse(http, 7, "Access Denied", ("exception", "access-denied"));
            return Task.CompletedTask;
        });
        app.MapEventStoreNode(log);
        await app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await log.DisposeAsync();
        directory.Dispose();
    }

    [Theory]
    [InlineData("esdb")]
    [InlineData("esdb+discover")]
    public async Task A_user_with_a_certificate_gets_in_and_the_node_is_checked(string scheme)
    {
        await using var client = EventStoreDbEventLog.Open($"{scheme}://localhost:{Port}?tlsCaFile={PathOf("ca.crt")}&userCertFile={PathOf("user.crt")}&userKeyFile={PathOf("user.key")}");
        Assert.IsType<AppendResult.Appended>(await client.AppendAsync("a", ExpectedRevision.NoStream, Events.Many(2), Token));
        Assert.Equal(2, (await client.ReadStreamAsync("a", ReadDirection.Forwards, null, 10, Token)).Events.Count);
    }

    [Fact]
    public async Task A_user_without_one_is_refused()
    {
        await using var client = EventStoreDbEventLog.Open($"esdb://localhost:{Port}?tlsVerifyCert=false");
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await client.ReadStreamAsync("a", ReadDirection.Forwards, null, 10, Token));
    }

    [Theory]
    [InlineData("localhost", "")]
    [InlineData("127.0.0.1", "&tlsCaFile=")]
    public async Task A_node_that_nobody_vouches_for_or_that_has_another_name_is_not_talked_to(string host, string authority)
    {
        if (authority.Length > 0) authority += PathOf("ca.crt");
        await using var client = EventStoreDbEventLog.Open($"esdb+discover://{host}:{Port}?maxDiscoverAttempts=2{authority}");
        var error = await Assert.ThrowsAsync<DiscoveryException>(async () => await client.GetHeadAsync(Token));
        Assert.Contains("SSL", error.InnerException!.Message, StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(directory.Path, name);

    private void Issue(X509Certificate2 authority, string name, string? host)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        if (host is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
        }
        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), Guid.NewGuid().ToByteArray());
        File.WriteAllText(PathOf(name + ".crt"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf(name + ".key"), key.ExportPkcs8PrivateKeyPem());
    }
}
