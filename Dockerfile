FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN make build VERSION="$VERSION" && mkdir /empty

# Nothing but the binary and the public certificate authorities: time zones,
# pages and migrations are embedded. It runs with a read-only root, because all
# it writes, temporary files too, goes below PORTAL_DATA. The platform asks
# /healthz and /readyz; there is no shell here to do it from inside.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /src/bin/billportal /billportal
COPY --from=build --chown=65532:65532 /empty /data
ENV PORTAL_DATA=/data
VOLUME /data
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["/billportal"]
CMD ["serve"]
