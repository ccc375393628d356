/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * escape - where an escape sequence of a terminal ends, and what it means.
 *
 * Only the rows of sequences[] mean anything. All others are followed to
 * their end (ECMA-48: CSI, SS3, strings up to ST or BEL; the Linux console's
 * ESC [ [ A) and dropped, so that their letters are never keys.
 */
#include "parts.h"

#include <string.h>

enum state { AFTER_ESC, CSI, CSI_LINUX, SS3, STRING, STRING_ESC, SHORT, SKIP };

static const struct {
	const char *text; /* without ESC */
	uint32_t press;
} sequences[] = {
	{ "[A", PRESS_UP }, { "OA", PRESS_UP },
	{ "[B", PRESS_DOWN }, { "OB", PRESS_DOWN },
	{ "[[A", PRESS_F1 }, { "OP", PRESS_F1 }, { "[11~", PRESS_F1 },
	{ "[21~", PRESS_F10 },
	{ "[200~", PRESS_PASTE },
	/* a number pad in application mode */
	{ "OM", PRESS_ENTER }, { "Ok", '+' }, { "Om", '-' }, { "Oj", '*' },
	{ "Oo", '/' }, { "On", '.' },
	{ "Op", '0' }, { "Oq", '1' }, { "Or", '2' }, { "Os", '3' },
	{ "Ot", '4' }, { "Ou", '5' }, { "Ov", '6' }, { "Ow", '7' },
	{ "Ox", '8' }, { "Oy", '9' },
};

void
escape_begin(struct escape *escape)
{
	*escape = (struct escape){ .state = AFTER_ESC };
}

bool
escape_bare(const struct escape *escape)
{
	return escape->state == AFTER_ESC;
}

static uint32_t
meaning(const struct escape *escape)
{
	if (escape->len > ESCAPE_SEQUENCE_MAX)
		return 0;
	for (size_t i = 0; i < nitems(sequences); i++)
		if (strcmp(sequences[i].text, escape->text) == 0)
			return sequences[i].press;
	return 0;
}

static void
keep(struct escape *escape, unsigned char byte)
{
	if (escape->len < ESCAPE_SEQUENCE_MAX) {
		escape->text[escape->len++] = (char)byte;
		escape->text[escape->len] = '\0';
	} else {
		escape->len = ESCAPE_SEQUENCE_MAX + 1;
	}
}

/* The byte after ESC decides what follows. */
static bool
first(struct escape *escape, unsigned char byte)
{
	if (byte == 0x1B)
		return false; /* Esc twice is Esc */
	if (byte == '[')
		escape->state = CSI;
	else if (byte == 'O')
		escape->state = SS3;
	else if (strchr("P]X^_", byte) != NULL && byte != '\0')
		escape->state = STRING;
	else if (byte >= 0x20 && byte <= 0x2F)
		escape->state = SHORT;
	else if (byte >= 0xC2 && byte <= 0xF4) { /* Alt with a letter */
		escape->state = SKIP;
		escape->skip = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
	} else
		return true;
	return false;
}

static bool
csi(struct escape *escape, unsigned char byte)
{
	if (byte == '[' && escape->len == 2) {
		escape->state = CSI_LINUX;
		return false;
	}
	return byte >= 0x40 && byte <= 0x7E;
}

static bool
string(struct escape *escape, unsigned char byte)
{
	if (escape->state == STRING_ESC && byte == '\\')
		return true;
	escape->state = byte == 0x1B ? STRING_ESC : STRING;
	return byte == 0x07;
}

bool
escape_push(struct escape *escape, unsigned char byte, uint32_t *press)
{
	bool ended = false;

	*press = 0;
	if (byte == 0x1B && escape->state != STRING &&
	    escape->state != STRING_ESC) { /* it was cut short */
		escape_begin(escape);
		return false;
	}
	if (escape->state == AFTER_ESC || byte != 0x1B)
		keep(escape, byte);
	switch ((enum state)escape->state) {
	case AFTER_ESC: ended = first(escape, byte); break;
	case CSI: ended = csi(escape, byte); break;
	case CSI_LINUX: ended = true; break;
	case SS3: ended = true; break;
	case STRING: /* FALLTHROUGH */
	case STRING_ESC: ended = string(escape, byte); break;
	case SHORT: ended = byte >= 0x30 && byte <= 0x7E; break;
	case SKIP: ended = --escape->skip == 0; break;
	}
	if (ended)
		*press = meaning(escape);
	return ended;
}
