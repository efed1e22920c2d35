#!/bin/sh
# Everything the tests on real parts and `make run-distributed` need: servers from Debian, Kafka from Maven Central,
# and a C compiler for the load generator. Idempotent; well under a second when all of it is there.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# Node 25 and newer need libatomic1. The version of PostgreSQL is the distribution's own (15 on Debian 12).
"$here/debian-packages.sh" \
  redis-server postgresql \
  freeradius freeradius-utils eapoltest radsecproxy \
  libpam-radius-auth pamtester ocserv openconnect libradcli4 openvpn openvpn-auth-radius \
  openjdk-17-jre-headless maven \
  libatomic1 \
  gcc libc6-dev libssl-dev make
"$here/kafka.sh" >/dev/null
