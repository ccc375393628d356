/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * relayboard - a relay board with a state, behind a pseudo terminal.
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

#include "emulator.h"

struct board {
	struct emulator emulator;
	/* Bytes of the frame that begins here: 0 more are needed, -1 none
	 * does; fills channel and on. */
	int (*take)(const unsigned char *bytes, size_t n, int *channel,
	    bool *on);
	bool echoes, mute;
	bool on[16];
	unsigned char bytes[64];
	size_t n;
};

static int
take_lcus(const unsigned char *b, size_t n, int *channel, bool *on)
{
	if (b[0] != 0xA0)
		return -1;
	if (n < 4)
		return 0;
	*channel = b[1];
	*on = b[2] == 1;
	return b[2] <= 1 && b[1] >= 1 && b[1] <= 8 &&
	    b[3] == (unsigned char)(b[0] + b[1] + b[2]) ? 4 : -1;
}

static int
take_hw667(const unsigned char *b, size_t n, int *channel, bool *on)
{
	(void)n;
	*channel = 1;
	*on = b[0] == 0xAA;
	return b[0] == 0xAA || b[0] == 0xBB ? 1 : -1;
}

static int
take_kmtronic(const unsigned char *b, size_t n, int *channel, bool *on)
{
	if (b[0] != 0xFF)
		return -1;
	if (n < 3)
		return 0;
	*channel = b[1];
	*on = b[2];
	return b[2] <= 1 && b[1] >= 1 && b[1] <= 8 ? 3 : -1;
}

/* The check by the known frames of two coils, not by the same code. */
static int
take_modbus(const unsigned char *b, size_t n, int *channel, bool *on)
{
	static const unsigned char sums[2][2][2] = {
		{ { 0xCD, 0xCA }, { 0x8C, 0x3A } },
		{ { 0x9C, 0x0A }, { 0xDD, 0xFA } },
	};

	if (b[0] != 1)
		return -1;
	if (n < 8)
		return 0;
	*channel = b[3] + 1;
	*on = b[4] == 0xFF;
	return b[1] == 5 && b[2] == 0 && b[3] < 2 && b[5] == 0 &&
	    memcmp(b + 6, sums[b[3]][*on], 2) == 0 ? 8 : -1;
}

static const struct {
	const char *name;
	int (*take)(const unsigned char *, size_t, int *, bool *);
	bool echoes;
} kinds[] = {
	{ "lcus", take_lcus, false }, { "hw667", take_hw667, false },
	{ "kmtronic", take_kmtronic, false }, { "modbus", take_modbus, true },
};

static void
on_bytes(void *arg, const unsigned char *bytes, size_t n)
{
	struct board *board = arg;

	while (n-- > 0) {
		int channel = 0, length;
		bool on = false;

		board->bytes[board->n++] = *bytes++;
		length = board->take(board->bytes, board->n, &channel, &on);
		if (length == 0)
			continue;
		if (length < 0) {
			printf("noise %02X\n", board->bytes[0]);
			board->n = 0;
			continue;
		}
		if (board->on[channel] != on)
			printf("relay %d %s %lld\n", channel,
			    on ? "on" : "off", (long long)
			    loop_now_ms(board->emulator.loop));
		else
			printf("same %d %s\n", channel, on ? "on" : "off");
		board->on[channel] = on;
		if (board->echoes && !board->mute)
			emulator_send(&board->emulator, board->bytes,
			    board->n);
		board->n = 0;
	}
}

static bool
on_command(void *arg, const char *line)
{
	struct board *board = arg;

	board->mute = strcmp(line, "mute") == 0;
	return board->mute || strcmp(line, "speak") == 0;
}

int
main(int argc, char **argv)
{
	struct board board = { .emulator = { .bytes = on_bytes,
		.command = on_command, .arg = &board } };

	for (size_t i = 0; argc == 3 && i < nitems(kinds); i++)
		if (strcmp(kinds[i].name, argv[2]) == 0) {
			board.take = kinds[i].take;
			board.echoes = kinds[i].echoes;
		}
	if (board.take == NULL) {
		fprintf(stderr,
		    "usage: relayboard LINK lcus|hw667|kmtronic|modbus\n");
		return 64;
	}
	board.emulator.link = argv[1];
	return emulator_run(&board.emulator);
}
