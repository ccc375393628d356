#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# chot credential issue, and what chot decode -k makes of it and of keys.
n=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
samples=$SRCDIR/tests/credentials
mkdir "$work/keys"
cp "$samples/test-key.pub" "$work/keys"

# is NAME EXPECTED GOT
is() {
	n=$((n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf 'wanted: %s\ngot: %s\n' "$2" "$3" | sed 's/^/# /'
	fi
}
signature() {
	sed 's/.*"signature":"\([a-z-]*\)".*/\1/'
}

slip='{"kind":"slip","record":"ST-QL1A/7f3a91c2/123","people":2,"iat":1634258400}'
echo "$slip" >"$work/slip.json"
chot credential issue -k "$samples/test-key.pem" "$work/slip.json" >"$work/slip"
is "a slip is issued" 0 $?
is "as one line of a code" "1 CP1:" "$(wc -l <"$work/slip" | tr -d ' ') $(cut -c1-4 "$work/slip")"
is "it is valid with the issuer's key" valid \
	"$(chot decode -k "$work/keys" --at 2021-10-15T08:00+07:00 "$work/slip" | signature)"
is "and of an unknown key without" unknown-key \
	"$(chot decode "$work/slip" | signature)"
is "what it says" \
	'{"kind":"slip","record":"ST-QL1A/7f3a91c2/123","people":2,"signed_at":"2021-10-15T00:40:00Z","warnings":[],"verification":{"readable":true,"signature":"valid","time":"valid","schema":"valid","key_usage":"ok"},"issuer_trust":"trusted"}' \
	"$(chot decode -k "$work/keys" --at 1634260000 "$work/slip")"
is "two lines are two documents" 2 \
	"$(printf '%s\n\n%s\n' "$slip" "$slip" | chot credential issue -k "$samples/test-key.pem" | wc -l | tr -d ' ')"
printf '%s\n{"kind":"slip"}\n' "$slip" >"$work/bad.json"
chot credential issue -k "$samples/test-key.pem" "$work/bad.json" >/dev/null 2>"$work/err"
is "a missing field is bad input" 65 $?
is "named with its line" "chot: $work/bad.json:2: the field \"record\" is missing" "$(cat "$work/err")"
chot credential issue -k "$samples/test-key.pub" "$work/slip.json" >/dev/null 2>&1
is "a public key cannot sign" 78 $?
chot credential issue "$work/slip.json" >/dev/null 2>&1
is "a key is needed" 64 $?

# Keys of health authorities: base64, as the samples have them.
sed -n '1s/.*"text": "\([^"]*\)".*/\1/p' "$samples/dcc-samples.jsonl" >"$work/dcc"
sed -n '1s/.*"certificate": "\([^"]*\)".*/\1/p' "$samples/dcc-samples.jsonl" >"$work/keys/at.b64"
echo "no key" >"$work/keys/README"
is "a directory of keys; what is none is counted" "valid 1 skipped" \
	"$(chot decode -k "$work/keys" --at 2021-05-06T18:00:00Z "$work/dcc" 2>"$work/err" | signature) $(grep -o '[0-9]* skipped' "$work/err")"
base64 -d "$work/keys/at.b64" >"$work/at.der"
is "one file, DER" valid \
	"$(chot decode -k "$work/at.der" --at 2021-05-06T18:00:00Z "$work/dcc" | signature)"
{ echo "-----BEGIN CERTIFICATE-----"; fold -w 64 "$work/keys/at.b64"
  echo "-----END CERTIFICATE-----"; } >"$work/at.pem"
is "one file, PEM" valid \
	"$(chot decode -k "$work/at.pem" --at 2021-05-06T18:00:00Z "$work/dcc" | signature)"
chot decode -k "$work/none" "$work/dcc" >/dev/null 2>&1
is "no such directory" 78 $?
echo "1..$n"
