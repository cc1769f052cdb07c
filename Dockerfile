# syntax=docker/dockerfile:1
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags "-s -w -X main.version=${VERSION}" -o /out/incidentbot . \
    && mkdir /out/data

# Nothing but the program and certificates: no shell to get into. Time zones are in the program.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/incidentbot /usr/local/bin/incidentbot
# A new volume takes its owner from here.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV DATABASE_URL=sqlite:///data/incidentbot.db \
    INCIDENTBOT_LISTEN=0.0.0.0:8080 \
    LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["/usr/local/bin/incidentbot", "healthcheck"]
# The bot finishes what it holds, which may take ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/incidentbot"]
CMD ["serve"]
