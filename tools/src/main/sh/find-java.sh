# shellcheck shell=bash
# Sourced by ./mvnw, ./millrace and the packaged launcher: finds a JDK 25 or newer, and Maven 3.8 or newer.
# Prints the path; on failure prints one line that says what to install and returns 1.

MILLRACE_JAVA_FEATURE=25

# The feature version of the Java in folder $1 (a JAVA_HOME), or nothing. Reads the release file: no JVM is started.
millrace_java_feature() {
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Candidate JAVA_HOMEs, best first, one a line: JAVA_HOME, the java on PATH, system folders, SDKMAN, macOS.
millrace_java_candidates() {
  if [ -n "${JAVA_HOME:-}" ]; then echo "$JAVA_HOME"; fi
  local on_path
  if on_path=$(command -v java 2>/dev/null); then dirname "$(dirname "$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")")"; fi
  local folder
  for folder in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -d "$folder" ]; then echo "$folder"; fi
  done
  if [ -x /usr/libexec/java_home ]; then /usr/libexec/java_home -v "$MILLRACE_JAVA_FEATURE" 2>/dev/null || true; fi
}

# $1 = program that must stand beside bin/java: javac for a build, java to run.
millrace_find_java_with() {
  local home feature
  while IFS= read -r home; do
    [ -x "$home/bin/$1" ] || continue
    feature=$(millrace_java_feature "$home")
    if [ -n "$feature" ] && [ "$feature" -ge "$MILLRACE_JAVA_FEATURE" ]; then
      echo "$home"
      return 0
    fi
  done <<<"$(millrace_java_candidates)"
  echo "millrace: no JDK $MILLRACE_JAVA_FEATURE found (looked at JAVA_HOME, PATH, /usr/lib/jvm, SDKMAN, macOS): install one, e.g. Temurin $MILLRACE_JAVA_FEATURE, or set JAVA_HOME to it" >&2
  return 1
}

millrace_find_jdk() { millrace_find_java_with javac; }
millrace_find_runtime() { millrace_find_java_with java; }

millrace_find_maven() {
  local mvn version candidate
  for candidate in "${MAVEN_HOME:-/nonexistent}/bin/mvn" "${M2_HOME:-/nonexistent}/bin/mvn" "$(command -v mvn 2>/dev/null || true)" \
    /usr/share/maven/bin/mvn /opt/maven/bin/mvn "$HOME"/.sdkman/candidates/maven/current/bin/mvn /opt/homebrew/bin/mvn; do
    [ -n "$candidate" ] && [ -x "$candidate" ] || continue
    mvn=$(readlink -f "$candidate" 2>/dev/null || echo "$candidate")
    version=$(ls "$(dirname "$(dirname "$mvn")")"/lib/maven*-core-[0-9]*.jar 2>/dev/null | sed -n "s/.*-core-\([0-9][0-9]*\.[0-9][0-9.]*[0-9]\).*\.jar/\1/p" | head -n 1)
    # Distributions that keep the jars elsewhere: ask Maven itself.
    [ -n "$version" ] || version=$("$candidate" -version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1)
    case "$version" in
      3.[89]* | 3.[1-9][0-9]* | [4-9]*)
        echo "$candidate"
        return 0
        ;;
    esac
  done
  echo "millrace: Maven 3.8 or newer not found (looked at MAVEN_HOME, PATH and the usual folders): install it, e.g. 'apt-get install maven' or 'brew install maven'" >&2
  return 1
}
