# SPDX-License-Identifier: GPL-3.0-or-later
# What the camera says of bad light: the citizen reads it in large words, and
# a lamp burns when it is too dark, for no other reason, and goes off again.
. "$SRCDIR/tests/flow/lib.sh"

export TZ=UTC CHOT_LOCALE="$BUILDDIR/locale"
post=$work/post
mkdir -p "$post/state/keys" "$post/run"
chot key seal "$post/state/keys/site" >/dev/null
cat >"$post/pack.conf" <<-EOF2
	version = "lamp"  effective = "2021-01-01T00:00Z"  needs_facts = 1
	needs = { "identity" }
	rule "unknown" { verdict = "check"  when = "id_kind = 'opaque'"  reason = "Mã lạ"  reason_en = "Unknown code"  public = "Mời gặp cán bộ"  public_en = "See the officer" }
	otherwise = "pass"
EOF2
mkfifo "$work/camera"
cat >"$post/chot.conf" <<-EOF2
	station { id = "ST-LAMP"  name = "Lamp"  language = "en" }
	policy = "$post/pack.conf"
	state = "$post/state"
	run = "$post/run"
	lane "1" {
	  camera = { "exec:cat $work/camera" }
	  lamp = "serial:$work/relay,protocol=lcus"
	  lamp_seconds = 1
	}
EOF2
status "the configuration is in order" 0 chot config check "$post/chot.conf"

switched=
relay_saw() { # PATTERN
	switched=$switched$(pty relay drain)
	printf '%s' "$switched" | grep -Eiq -e "$1"
}

pty_start relay
start_tmux 80x24 "exec chot -c $post/chot.conf"
wait_for READY
exec 8>"$work/camera"
echo "hello 1 camera" >&8
wait_for_devices "$post/chot.conf"
ok "at the start the lamp is told to be off" until_ok relay_saw 'A00100A1'

# Words stand for two seconds: a camera says them as long as it is so.
hinted() { # WORD PATTERN
	echo "hint $1" >&8
	on_screen "$2"
}
while IFS=: read -r word words; do
	ok "$word: $words" until_ok hinted "$word" "$words"
done <<-END
	far:Closer
	glare:Tilt, avoid sun
	blurred:Farther
	bright:Tilt, avoid sun
	cut:Farther
	dark:Brighten your screen
END
ok "and the lamp burns" until_ok relay_saw 'A00101A2'
like "for the first time" "$(printf '%s' "$switched" | sed 's/A00101A2.*//I')" \
    '^(A00100A1)+$'
ok "and goes off by itself" until_ok relay_saw 'A00101A2.*A00100A1'
lit_again() {
	echo 'hint dark' >&8
	relay_saw 'A00101A2.*A00100A1.*A00101A2'
}
ok "still dark: it burns again" until_ok lit_again
ok "and goes off" until_ok relay_saw 'A00101A2.*A00100A1.*A00101A2.*A00100A1'
chot outbox show -c "$post/chot.conf" --key "$post/state/keys/site.key" \
    >"$work/records" 2>&1
ok "a lamp makes no record" test "$(grep -c '"switch"' "$work/records")" -eq 0
pty relay close
ok "a lost lamp is said" wait_for 'Lamp: '
done_testing
