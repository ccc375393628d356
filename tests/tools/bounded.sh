# SPDX-License-Identifier: GPL-3.0-or-later
# bounded.sh COMMAND...: one test, so that none can stop the whole run.
#
# It has TEST_SECONDS at most, then it and all it started in its process group
# are ended and that is a failed step. It reads nothing from whoever runs the
# tests, and what it leaves behind cannot keep the driver waiting: its output
# goes to a file, not to the driver's pipe.
seconds=${TEST_SECONDS:-600}
out=$(mktemp "${TMPDIR:-/tmp}/chot-test.XXXXXX") || exit 1
trap 'rm -f "$out"' EXIT
timeout -k 15 "$seconds" "$@" </dev/null >"$out" 2>&1
status=$?
cat "$out"
case $status in
124 | 137) echo "not ok - stopped after $seconds s" ;;
esac
exit $status
