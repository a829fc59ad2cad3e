#!/usr/bin/env bash
# Builds the servers that are not scripts, with Debian's packages: build.sh FOLDER [lws|gorilla|netty|jetty ...]
#   lws: gcc libwebsockets-dev    gorilla: golang-go golang-github-gorilla-websocket-dev
#   netty, jetty: openjdk-17-jdk-headless libnetty-java libjetty9-extra-java
set -euo pipefail
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")"
shift
jars() { printf '%s:' /usr/share/java/netty*.jar /usr/share/java/jetty9*.jar /usr/share/java/servlet-api*.jar; }
for name; do
    case $name in
    lws) gcc -O1 -Wall -Wextra -Wno-missing-field-initializers -Wno-implicit-fallthrough -o "$out/lws" lws.c -lwebsockets ;;
    gorilla) GO111MODULE=off GOFLAGS=-p=2 GOCACHE="$out/go" GOPATH=/usr/share/gocode go build -o "$out/gorilla" gorilla.go ;;
    netty) javac -d "$out" -cp "$(jars)" NettyEcho.java ;;
    jetty) javac -d "$out" -cp "$(jars)" JettyEcho.java ;;
    *) echo "build.sh: unknown server \`$name\`" >&2; exit 2 ;;
    esac
done
# An argument file of `java`. Jetty prints no log, so that its first line says that it listens.
printf -- '-Dorg.eclipse.jetty.util.log.announce=false -Dorg.eclipse.jetty.LEVEL=OFF -cp %s:%s\n' "$out" "$(jars)" >"$out/java.args"
