#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each thing that stands between a post and its hub has a name, in English and
# in Vietnamese, which a guard can read out by phone; and costs no record.
. "$SRCDIR/tests/flow/lib.sh"
. "$SRCDIR/tests/flow/sync-lib.sh"

command -v openssl >/dev/null || skip_all "openssl is missing"
export CHOT_LOCALE="$BUILDDIR/locale"
hub_make || skip_all "no certificates"
hub_start || exit 1
records 1 3

# NAME STATUS ENGLISH VIETNAMESE COMMAND...: said so in both, in words and as
# JSON, and the records wait.
named() {
	name=$1 want=$2 english=$3 vietnamese=$4
	shift 4
	before=$(cat "$work/hub/script" 2>/dev/null)
	status "$name" "$want" "$@"
	like "$name: in English" "$(cat "$work/err")" "$english"
	script "$before"
	status "$name, again" "$want" env LANGUAGE=vi "$@"
	like "$name: in Vietnamese" "$(cat "$work/err")" "$vietnamese"
	is "$name: the records wait" \
	    "$(chot outbox count --json -c "$work/chot.conf")" \
	    '{"records":3,"waiting":3}'
}
once="chot-sync -c $work/chot.conf --now"

script "page 200"
named "a page to log in on" 75 'captive portal\) answers' \
    'trang đăng nhập của mạng này' $once
script "redirect"
named "another place to go to" 75 'captive portal' 'hãy đăng nhập mạng trước' \
    $once
script
named "a proxy that is not there" 75 'proxy does not let the post through' \
    'proxy không cho chốt đi qua' env https_proxy=http://127.0.0.1:9 $once
hub_url=https://localhost:$hub_port
conf_url https://127.0.0.1:1
named "no hub there" 75 'no hub runs there' \
    'chương trình trung tâm không chạy' $once
conf_url "$hub_url"
if unshare -rn true 2>/dev/null; then
	named "no IPv4 and no IPv6" 75 'neither an IPv4 nor an IPv6 address' \
	    'không có địa chỉ IPv4 lẫn IPv6' unshare -rn $once
fi
apart='ip link set lo up && ip addr add 192.0.2.1/24 dev lo'
if unshare -rn sh -c "$apart" 2>/dev/null; then
	conf_url https://198.51.100.7
	named "an address, and no way from there" 75 'no way to the hub' \
	    'không có đường tới trung tâm' \
	    unshare -rn sh -c "$apart && exec $once"
	conf_url "$hub_url"
fi

# WORD ADDRESS URL: of the two kinds of address the post has one, the hub the
# other.
one_kind() {
	apart="ip link set lo up && ip addr add $2 dev lo"
	unshare -rn sh -c "$apart" 2>/dev/null || return 0
	conf_url "$3"
	status "$1" 75 unshare -rn sh -c "$apart && exec $once --json"
	like "$1: by name" "$(cat "$work/out")" "\"trouble\":\"$1\""
	conf_url "$hub_url"
}
one_kind no-ipv4 2001:db8::2/128 https://198.51.100.7
one_kind no-ipv6 192.0.2.1/32 'https://[2001:db8:1::7]'
one_kind no-route 2001:db8::2/128 'https://[2001:db8:1::7]'

# NAME hub|post CA CN DAYS STATUS ENGLISH VIETNAMESE
certificate_named() {
	hub_stop
	sign "$2" "$3" "$4" "$5"
	hub_start
	named "$1" "$6" "$7" "$8" $once
}
make_ca stranger
certificate_named "a certificate of later" hub ca localhost 0 75 \
    'not valid yet: the clock of this post is probably wrong' \
    'có lẽ giờ máy của chốt sai'
certificate_named "a certificate that is over" hub ca localhost -1 75 \
    "hub's certificate has expired, or the clock" \
    'chứng thư của trung tâm đã hết hạn'
certificate_named "a foreign CA" hub stranger localhost 30 75 \
    'signed by a stranger \(foreign CA\)' 'do nơi lạ ký \(CA lạ\)'
certificate_named "another name" hub ca elsewhere 30 75 \
    'for another name: somebody else answers' 'mang tên khác: có ai khác trả lời'
hub_stop
sign hub ca localhost
export FAKEHUB_TLS12=1
hub_start
named "no TLS 1.3" 75 'does not speak TLS 1.3' 'không dùng TLS 1.3' $once
hub_stop
unset FAKEHUB_TLS12
hub_start
certificate_named "the post's own that is over" post ca ST-1 -1 77 \
    "post's certificate has expired" 'chứng thư của chốt đã hết hạn'
certificate_named "the post's own of a stranger" post stranger ST-1 30 77 \
    "does not accept the post's certificate" \
    'trung tâm không nhận chứng thư của chốt'

# The CA's list of those that were revoked, as a proxy before the hub has it.
sign post ca ST-1
printf '%s\n' '[ca]' 'default_ca=d' '[d]' "database=$work/crl.index" \
    'default_md=sha256' >"$work/crl.conf"
: >"$work/crl.index"
for what in "-revoke $work/post.crt" "-gencrl -crldays 30 -out $work/hub/crl.pem"; do
	# shellcheck disable=SC2086
	openssl ca -config "$work/crl.conf" -cert "$work/ca.crt" \
	    -keyfile "$work/ca.key" $what 2>/dev/null
done
hub_stop
hub_start
named "the post's own that was revoked" 77 "post's certificate was revoked" \
    'chứng thư của chốt đã bị thu hồi' $once
rm "$work/hub/crl.pem"
hub_stop
hub_start
script "word 403 revoked"
named "a post whose access was taken away" 77 "took this post's access away" \
    'đã thu hồi quyền của chốt' $once
script "status 426"
named "a program that is too old" 77 'too old for the hub' \
    'quá cũ với trung tâm' $once
script
hub_stop
FAKEHUB_OFFSET=-300
export FAKEHUB_OFFSET
hub_start
status "a clock that is wrong, in Vietnamese" 0 env LANGUAGE=vi $once
like "how far" "$(cat "$work/out")" '(299|300|301)'
unlike "not in English" "$(cat "$work/out")" 'clock of this post'
held_all "and after all that each record is there, once" 3
done_testing
