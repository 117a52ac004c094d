# The server (and every other command) as an image: docker build -t analytics .
# The dashboard is built with Node, everything else with the .NET SDK; neither is in the final image.

FROM node:20-bookworm-slim AS dashboard
WORKDIR /source
COPY . .
RUN for lock in $(find src -name package-lock.json); do (cd "$(dirname "$lock")" && npm ci --no-audit --no-fund) || exit 1; done
RUN if [ -f src/Dashboard/package.json ]; then cd src/Dashboard && npm run build && rm -rf node_modules; fi

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY --from=dashboard /source .
RUN dotnet publish src/Server -c Release -o /app --nologo

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS final
WORKDIR /app
COPY --from=build /app .
# The data directory: the embedded log if no EventStoreDB is configured, and the generated admin key.
RUN mkdir /data && chown "$APP_UID" /data
VOLUME /data
USER $APP_UID
ENV Urls=http://0.0.0.0:8080 \
    DOTNET_GCgen0size=0x8000000 \
    DOTNET_TC_CallCountingDelayMs=0 \
    Data__Directory=/data \
    DOTNET_EnableDiagnostics=0
EXPOSE 8080
# The image has no curl; bash can speak enough HTTP to ask.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=12 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "analytics.dll"]
CMD ["serve"]
