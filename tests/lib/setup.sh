# shellcheck shell=bash
# What replay/demo and tests/run share: Debian packages, configuring, building, progress lines.
# It stands under tests/, not under replay/, because it describes the whole tree (packages.txt
# beside it too) and the top level of the repository is fixed. Source it; it does nothing by itself.

# Nothing here reads what stands on standard input, and where it is closed the next file that is
# opened would take its place.
exec </dev/null
unset CDPATH

# The checkout, whatever the current directory is.
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
me=$(cd -- "$(dirname -- "$0")" && printf '%s/%s' "${PWD##*/}" "${0##*/}")

# say TEXT...: one progress line.
say() {
  printf '%s: %s\n' "$me" "$*"
}

# fail TEXT...: the reason on stderr, exit status 2 (usage or environment).
fail() {
  printf '%s: %s\n' "$me" "$*" >&2
  exit 2
}

# logged LOG COMMAND...: runs the command silently; where it fails, shows the end of what it said.
logged() {
  local log=$1
  shift
  mkdir -p "$(dirname -- "$log")"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    grep -vE '^\[[0-9]+/[0-9]+\] ' -- "$log" | tail -n 60 >&2
    fail "failed: $* (all of its output: $log)"
  fi
}

# packages_for PURPOSE...: their names out of packages.txt.
packages_for() {
  awk -v wanted=" $* " '$1 !~ /^#/ && NF == 2 && index(wanted, " " $1 " ") { print $2 }' \
    "$root/tests/packages.txt"
}

# missing_packages NAME...: those that dpkg does not know as installed.
missing_packages() {
  local installed name
  # dpkg-query's status is 1 as soon as one name is unknown; its list is still right.
  # shellcheck disable=SC2016 # dpkg's own variables
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  for name in "$@"; do
    if ! grep -qxF -- "installed $name" <<<"$installed"; then
      printf '%s\n' "$name"
    fi
  done
}

# install_packages PURPOSE...: installs what is missing, and touches neither apt nor the network
# where nothing is.
install_packages() {
  local -a names missing as_root=() apt_get
  local list
  list=$(packages_for "$@")
  mapfile -t names <<<"$list"
  if ! command -v dpkg-query >/dev/null; then
    fail "this is no Debian: install what these Debian 12 packages hold, then run cmake yourself: ${names[*]}"
  fi
  list=$(missing_packages "${names[@]}")
  if [[ -z $list ]]; then
    return
  fi
  mapfile -t missing <<<"$list"
  # A package may ask questions on installation (wireshark-common: may users capture? no).
  apt_get=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)
  local by_hand="apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      fail "${#missing[@]} Debian packages are missing and there is no sudo. As root: $by_hand"
    fi
    as_root=(sudo)
    # Without a terminal sudo could only wait for a password that nobody types.
    if ! sudo -n true 2>/dev/null; then
      if [[ -n ${CI:-} ]] || ! { : >/dev/tty; } 2>/dev/null; then
        fail "${#missing[@]} Debian packages are missing and sudo wants a password. As root: $by_hand"
      fi
      say "sudo will ask for your password, to install packages"
      sudo -v || fail "no rights to install. As root: $by_hand"
    fi
  fi
  say "installing ${#missing[@]} Debian packages with apt-get: ${missing[*]}"
  # A broken third-party source must not stop us: the installation itself is what counts.
  mkdir -p "$root/build/logs"
  "${as_root[@]}" "${apt_get[@]}" update >"$root/build/logs/apt-update.log" 2>&1 </dev/null ||
    say "apt-get update complained (build/logs/apt-update.log), trying to install all the same"
  logged "$root/build/logs/apt-install.log" \
    "${as_root[@]}" "${apt_get[@]}" install --no-install-recommends "${missing[@]}"
  # The tests start charon themselves, in a network of its own: it is no service of this machine.
  if [[ -d /run/systemd/system && " ${missing[*]} " == *" strongswan-charon "* ]]; then
    "${as_root[@]}" systemctl --quiet disable --now strongswan-starter.service </dev/null ||
      say "could not turn off strongswan-starter.service, which came with strongSwan"
  fi
  list=$(missing_packages "${names[@]}")
  if [[ -n $list ]]; then
    fail "apt-get succeeded, yet these packages are missing: ${list//$'\n'/ }"
  fi
}

# configure PRESET [CMAKE ARGUMENTS...]: into build/PRESET. Not again where there is nothing new to
# say to CMake: ninja runs it by itself when a CMakeLists.txt has changed.
configure() {
  local preset=$1 folder=$root/build/$1
  local -a fresh=()
  shift
  if [[ -e $folder && ! -w $folder ]]; then
    fail "cannot write to $folder: built by another user? Remove it, or run as that user"
  fi
  if [[ -f $folder/CMakeCache.txt ]] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
    fresh=(--fresh) # the checkout was moved or copied with its build folder
  elif [[ -f $folder/build.ninja && $# -eq 0 && ! $root/CMakePresets.json -nt $folder/build.ninja ]]; then
    return
  fi
  (cd -- "$root" && logged "build/logs/configure-$preset.log" cmake --preset "$preset" "${fresh[@]}" "$@")
}

# build PRESET [TARGETS...]: with as many jobs as there are processors. A terminal sees ninja's own
# line of progress, which a failure's report follows; elsewhere nothing is said unless it fails.
build() {
  local preset=$1
  shift
  local -a command=(ninja -C "build/$preset" -j "$(nproc)" "$@")
  if [[ -t 1 ]]; then
    (cd -- "$root" && "${command[@]}") || fail "failed: ${command[*]}"
  else
    (cd -- "$root" && logged "build/logs/build-$preset.log" "${command[@]}")
  fi
}

# build_release: the tool and the plugin, nothing else.
build_release() {
  if [[ ! -f $root/build/release/build.ninja ]]; then
    say "building the tool and the plugin into build/release (two or three minutes the first time)"
  else
    say "bringing build/release up to date"
  fi
  configure release
  build release gdoi-replay gdoi
}
