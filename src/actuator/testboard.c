/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * testboard - a relay board that is not there, with its state. For the tests
 * and for `chot demo`. Its frames are read by code of their own, not by that
 * which makes them.
 */
#include "parts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct testboard {
	struct testboard_calls calls;
	/* Bytes of the frame that begins here: 0 more are needed, -1 none
	 * does; fills channel, below 0 when it is asked for, and on. */
	int (*take)(const unsigned char *bytes, size_t n, int *channel,
	    bool *on);
	/* How it tells that a channel is on; NULL: never. */
	size_t (*tell)(int channel, bool on, unsigned char out[8]);
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
	*channel = b[2] == 3 ? -b[1] : b[1];
	*on = b[2] == 1;
	return (b[2] <= 1 || b[2] == 3) && b[1] >= 1 && b[1] <= 8 ? 3 : -1;
}

static size_t
tell_kmtronic(int channel, bool on, unsigned char out[8])
{
	memcpy(out, (const unsigned char[]){ 0xFF, (unsigned char)channel, on },
	    3);
	return 3;
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
	*channel = -1;
	if (memcmp(b, "\1\1\0\0\0\1\xFD\xCA", 8) == 0)
		return 8;
	*channel = b[3] + 1;
	*on = b[4] == 0xFF;
	return b[1] == 5 && b[2] == 0 && b[3] < 2 && b[5] == 0 &&
	    memcmp(b + 6, sums[b[3]][*on], 2) == 0 ? 8 : -1;
}

static size_t
tell_modbus(int channel, bool on, unsigned char out[8])
{
	(void)channel;
	memcpy(out, on ? "\1\1\1\1\x90\x48" : "\1\1\1\0\x51\x88", 6);
	return 6;
}

static const struct {
	const char *name;
	int (*take)(const unsigned char *, size_t, int *, bool *);
	size_t (*tell)(int, bool, unsigned char[8]);
	bool echoes;
} kinds[] = {
	{ "lcus", take_lcus, NULL, false },
	{ "hw667", take_hw667, NULL, false },
	{ "kmtronic", take_kmtronic, tell_kmtronic, false },
	{ "modbus", take_modbus, tell_modbus, true },
};

static void
say(const struct testboard *board, const char *format, ...)
{
	char line[80];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	board->calls.say(board->calls.arg, line);
}

static void
tell(const struct testboard *board, int channel)
{
	unsigned char answer[8];
	size_t n = board->tell(channel, board->on[channel], answer);

	say(board, "asked %d", channel);
	if (!board->mute)
		board->calls.send(board->calls.arg, answer, n);
}

static void
take(struct testboard *board, unsigned char byte)
{
	int channel = 0, length;
	bool on = false;

	board->bytes[board->n++] = byte;
	length = board->take(board->bytes, board->n, &channel, &on);
	if (length == 0)
		return;
	if (length < 0) {
		say(board, "noise %02X", board->bytes[0]);
		board->n = 0;
		return;
	}
	if (channel < 0) {
		tell(board, -channel);
		board->n = 0;
		return;
	}
	say(board, "%s %d %s", board->on[channel] == on ? "same" : "relay",
	    channel, on ? "on" : "off");
	board->on[channel] = on;
	if (board->echoes && !board->mute)
		board->calls.send(board->calls.arg, board->bytes, board->n);
	board->n = 0;
}

void
testboard_bytes(struct testboard *board, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		take(board, bytes[i]);
}

struct testboard *
testboard_new(const char *protocol, const struct testboard_calls *calls)
{
	struct testboard *board;

	for (size_t i = 0; i < nitems(kinds); i++) {
		if (strcmp(kinds[i].name, protocol) != 0)
			continue;
		board = calloc(1, sizeof(*board));
		if (board == NULL)
			mem_none();
		board->calls = *calls;
		board->take = kinds[i].take;
		board->tell = kinds[i].tell;
		board->echoes = kinds[i].echoes;
		return board;
	}
	return NULL;
}

void
testboard_free(struct testboard *board)
{
	free(board);
}

bool
testboard_command(struct testboard *board, const char *line)
{
	board->mute = strcmp(line, "mute") == 0;
	return board->mute || strcmp(line, "speak") == 0;
}
