#!/bin/sh
# Fetches the jars of Apache Kafka from Maven Central into .cache/kafka/VERSION/libs of this repository, once.
# Needs Java 17 and Maven (Debian: openjdk-17-jre-headless, maven). Prints the folder of the jars.
set -eu

kafka_version=4.1.2
scala_version=2.13
attempts=3

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
repository=$(CDPATH='' cd -- "$here/../../../../.." && pwd)
home=$repository/.cache/kafka/$kafka_version

say() { printf '%s\n' "kafka: $*" >&2; }

fetch_jars() {
  cat >"$work/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>portcullis</groupId>
  <artifactId>kafka-libs</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_$scala_version</artifactId>
      <version>$kafka_version</version>
    </dependency>
  </dependencies>
</project>
POM
  mvn -q -B -Dstyle.color=never -f "$work/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/libs" >&2
}

# The folder appears by one rename with everything in it: whoever sees it may use it.
publish() {
  mkdir -p "$home"
  mv -T "$work/libs" "$home/libs" 2>/dev/null && return 0
  [ -e "$home/libs/kafka_$scala_version-$kafka_version.jar" ] # another run was faster
}

if [ -e "$home/libs/kafka_$scala_version-$kafka_version.jar" ]; then
  printf '%s\n' "$home/libs"
  exit 0
fi
"$here/debian-packages.sh" openjdk-17-jre-headless maven

mkdir -p "$repository/.cache/kafka"
work=$(mktemp -d "$repository/.cache/kafka/fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

attempt=1
say "fetching Apache Kafka $kafka_version from Maven Central (43 MB, well under a minute)"
until fetch_jars; do
  [ "$attempt" -lt "$attempts" ] || { say "Maven could not fetch Apache Kafka $kafka_version, see above"; exit 1; }
  attempt=$((attempt + 1))
  say "trying again ($attempt of $attempts)"
done
[ -e "$work/libs/kafka_$scala_version-$kafka_version.jar" ] || { say "Maven ended well but brought no Kafka jar"; exit 1; }
publish || { say "cannot move the jars to $home/libs; remove that folder and try again"; exit 1; }
say "done"
printf '%s\n' "$home/libs"
