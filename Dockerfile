# syntax=docker/dockerfile:1

# The daemon on Node.js alone: no shell, no package manager, no root.
#   docker build --tag mailprobe .
#   docker run --volume ./mailprobe.yaml:/etc/mailprobe/mailprobe.yaml:ro \
#     --volume mailprobe-state:/var/lib/mailprobe --publish 127.0.0.1:10993:10993 mailprobe
# The configuration must set `listen: 0.0.0.0:10993`; see docs/deployment.md. Without an engine, `npm run container`
# builds it with buildah and starts the result.

# Exact versions here; the release workflow looks up their digests and builds from those.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# Compiles. On the builder's own platform for every target: the result is JavaScript.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Installs without running scripts of packages.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src/ src/
RUN npm run build
# The runtime image has no shell to make a folder with.
RUN mkdir state

# The production dependencies, exactly as locked. A test keeps them free of compiled add-ons.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS dependencies
# The bill of materials takes its name from the folder.
WORKDIR /mailprobe
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
# Of what was installed. `npm sbom --omit=dev` would also leave out what a development dependency happens to share.
RUN npm pkg delete devDependencies && npm sbom --sbom-format=cyclonedx > sbom.cdx.json

# docker build --target sbom --output type=local,dest=. .
FROM scratch AS sbom
COPY --from=dependencies /mailprobe/sbom.cdx.json /

FROM ${RUNTIME_IMAGE}
ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mailprobe" \
      org.opencontainers.image.description="Tells you, before your users do, that an application is about to lose its Microsoft 365 mailboxes, and what to do about it." \
      org.opencontainers.image.source="https://github.com/mailprobe/mailprobe" \
      org.opencontainers.image.documentation="https://github.com/mailprobe/mailprobe/blob/main/docs/deployment.md" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production \
    STATE_DIRECTORY=/var/lib/mailprobe \
    MAILPROBE_REVISION="${REVISION}" \
    MAILPROBE_LIVEZ="http://127.0.0.1:10993/livez"
WORKDIR /app
COPY --from=dependencies /mailprobe/node_modules/ node_modules/
COPY --from=build /build/dist/ dist/
COPY --from=sbom /sbom.cdx.json ./
COPY package.json LICENSE ./
# The page shows it at /docs/diagnoses.
COPY docs/diagnoses.md docs/
# The store: states, incidents and history. A named volume keeps it when the container is replaced.
COPY --from=build --chown=65532:65532 /build/state/ /var/lib/mailprobe/
# "nonroot", as a number: Kubernetes can then tell that it is not root.
USER 65532:65532
EXPOSE 10993
VOLUME /var/lib/mailprobe
STOPSIGNAL SIGTERM
# For engines without probes of their own. For another port or TLS, set MAILPROBE_LIVEZ. The certificate is not verified,
# because the request stays on this machine.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["/nodejs/bin/node", "-e", "process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; fetch(process.env.MAILPROBE_LIVEZ).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
CMD ["serve", "--config", "/etc/mailprobe/mailprobe.yaml"]
