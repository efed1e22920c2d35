#!/bin/sh
# Installs the named Debian packages that are not there yet, without starting any service they bring.
# Usage: debian-packages.sh PACKAGE...
# Silent and quick when nothing is missing. As another user than root it only names what is missing and ends with 1.
set -eu

lock_file=/run/lock/portcullis-debian-packages
policy_file=/usr/sbin/policy-rc.d
saved_policy_file=/usr/sbin/policy-rc.d.before-portcullis
# dpkg may be in use by another installation: wait for its end instead of failing.
lock_wait_seconds=600

say() { printf '%s\n' "debian-packages: $*" >&2; }

missing_packages() {
  for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=absent
    [ "$status" = installed ] || printf '%s\n' "$package"
  done
}

# invoke-rc.d asks this file; 101 means "forbidden", so a package's own script starts no server.
forbid_service_starts() {
  restore_policy # left behind by a run that was killed
  if [ -e "$policy_file" ] || [ -L "$policy_file" ]; then mv "$policy_file" "$saved_policy_file"; else : >"$saved_policy_file.none"; fi
  trap restore_policy EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy_file"
  chmod 755 "$policy_file"
}

restore_policy() {
  if [ -e "$saved_policy_file" ] || [ -L "$saved_policy_file" ]; then mv "$saved_policy_file" "$policy_file"; fi
  if [ -e "$saved_policy_file.none" ]; then rm -f "$policy_file" "$saved_policy_file.none"; fi
}

# apt-get's pages of progress are of interest only when it fails.
apt() {
  output=$(DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o "DPkg::Lock::Timeout=$lock_wait_seconds" -o Acquire::Retries=3 "$@" 2>&1 9>&-) && return 0
  printf '%s\n' "$output" | tail -n 40 >&2
  return 1
}

# Package lists can be absent (a minimal image) or older than what the archive still has: then they are fetched, once.
install_packages() {
  for package in "$@"; do
    apt-cache show "$package" >/dev/null 2>&1 || { update_lists; break; }
  done
  try_install "$@" && return 0
  if [ "$lists_updated" = no ]; then
    say "installing failed with the package lists at hand; fetching them anew"
    update_lists
    try_install "$@" && return 0
  fi
  say "apt-get could not install: $*"
  exit 1
}

lists_updated=no
update_lists() {
  say "fetching package lists"
  lists_updated=yes
  # A broken third-party source must not stop the Debian ones; the installation itself tells whether something is lacking.
  apt update || say "apt-get update reported errors; going on"
}

try_install() { apt install -y --no-install-recommends "$@"; }

[ "$#" -gt 0 ] || { say "usage: debian-packages.sh PACKAGE..."; exit 2; }
command -v dpkg-query >/dev/null || { say "this is no Debian system; install by hand: $*"; exit 1; }

missing=$(missing_packages "$@")
[ -n "$missing" ] || exit 0
# Words, not lines, from here on: package names have no spaces.
missing=$(printf '%s' "$missing" | tr '\n' ' ')
if [ "$(id -u)" -ne 0 ]; then
  say "missing packages: $missing"
  say "install them as root: apt-get install --no-install-recommends $missing"
  exit 1
fi

exec 9>"$lock_file"
flock -w "$lock_wait_seconds" 9 || { say "another installation still runs after $lock_wait_seconds s"; exit 1; }
say "installing $missing"
forbid_service_starts
# shellcheck disable=SC2086
install_packages $missing
say "done"
