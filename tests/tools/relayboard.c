/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relayboard - a relay board with a state, behind a pseudo terminal
 * (src/actuator/testboard.c).
 *
 * usage: relayboard LINK lcus|hw667|kmtronic|modbus
 *
 * Frames that arrive in any pieces switch relays; each change is a line,
 * "relay 1 on 1234": channel, state, milliseconds since boot. Bytes that are
 * no frame are "noise HEX". Commands: open, close, stall, go (emulator.c),
 * mute, speak: whether answers are sent.
 */
#include <stdio.h>
#include <string.h>

#include "actuator.h"
#include "emulator.h"

struct machine {
	struct emulator emulator;
	struct testboard *board;
};

static void
on_send(void *arg, const unsigned char *bytes, size_t n)
{
	emulator_send(&((struct machine *)arg)->emulator, bytes, n);
}

static void
on_say(void *arg, const char *line)
{
	struct machine *m = arg;

	printf("%s", line);
	if (strncmp(line, "relay ", 6) == 0)
		printf(" %lld", (long long)loop_now_ms(m->emulator.loop));
	putchar('\n');
}

static void
on_bytes(void *arg, const unsigned char *bytes, size_t n)
{
	testboard_bytes(((struct machine *)arg)->board, bytes, n);
}

static bool
on_command(void *arg, const char *line)
{
	return testboard_command(((struct machine *)arg)->board, line);
}

int
main(int argc, char **argv)
{
	struct machine m = { .emulator = { .bytes = on_bytes,
		.command = on_command, .arg = &m } };
	const struct testboard_calls calls = { on_send, on_say, &m };
	int done;

	m.board = argc == 3 ? testboard_new(argv[2], &calls) : NULL;
	if (m.board == NULL) {
		fprintf(stderr,
		    "usage: relayboard LINK lcus|hw667|kmtronic|modbus\n");
		return 64;
	}
	m.emulator.link = argv[1];
	done = emulator_run(&m.emulator);
	testboard_free(m.board);
	return done;
}
