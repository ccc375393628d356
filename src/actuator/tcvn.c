/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcvn - slips as the printer's own characters: TCVN-3, whose small letters
 * are code page 30 and whose capitals are page 31 under the same codes; or
 * ASCII, without marks. Faster than dots on a slow line.
 */
#include "parts.h"

#include <string.h>

/* Pages of ESC t. */
#define PAGE_SMALL 30
#define PAGE_CAPITAL 31

struct text_setter {
	const struct tuning *tuning;
	struct escpos *out;
	int page; /* the one that is set; 0: not yet known */
};

/* What each byte from A8 on means on page 30; 0 for none. */
static const uint16_t letters[] = {
	/* A8 */ 0x103, 0xE2, 0xEA, 0xF4, 0x1A1, 0x1B0, 0x111, 0,
	/* B0 */ 0, 0, 0, 0, 0, 0xE0, 0x1EA3, 0xE3,
	/* B8 */ 0xE1, 0x1EA1, 0, 0x1EB1, 0x1EB3, 0x1EB5, 0x1EAF, 0,
	/* C0 */ 0, 0, 0, 0, 0, 0, 0x1EB7, 0x1EA7,
	/* C8 */ 0x1EA9, 0x1EAB, 0x1EA5, 0x1EAD, 0xE8, 0, 0x1EBB, 0x1EBD,
	/* D0 */ 0xE9, 0x1EB9, 0x1EC1, 0x1EC3, 0x1EC5, 0x1EBF, 0x1EC7, 0xEC,
	/* D8 */ 0x1EC9, 0, 0, 0, 0x129, 0xED, 0x1ECB, 0xF2,
	/* E0 */ 0, 0x1ECF, 0xF5, 0xF3, 0x1ECD, 0x1ED3, 0x1ED5, 0x1ED7,
	/* E8 */ 0x1ED1, 0x1ED9, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EDB, 0x1EE3, 0xF9,
	/* F0 */ 0, 0x1EE7, 0x169, 0xFA, 0x1EE5, 0x1EEB, 0x1EED, 0x1EEF,
	/* F8 */ 0x1EE9, 0x1EF1, 0x1EF3, 0x1EF7, 0x1EF9, 0xFD, 0x1EF5, 0,
};

static uint32_t
upper(uint32_t code)
{
	char small[4], capital[8];
	size_t n = utf8_put(code, small), at = 0;

	n = text_upper(small, n, capital, sizeof(capital));
	return utf8_next(capital, n, &at);
}

bool
tcvn_byte(uint32_t code, unsigned char *byte, int *page)
{
	*page = 0;
	*byte = (unsigned char)code;
	if (code >= ' ' && code < 0x7F)
		return true;
	for (size_t i = 0; i < nitems(letters); i++) {
		if (letters[i] == 0 || (letters[i] != code &&
		    upper(letters[i]) != code))
			continue;
		*byte = (unsigned char)(0xA8 + i);
		*page = letters[i] == code ? PAGE_SMALL : PAGE_CAPITAL;
		return true;
	}
	return false;
}

/* Some signs that have a plain likeness. */
static char
likeness(uint32_t code)
{
	static const struct {
		uint16_t code;
		char plain;
	} signs[] = {
		{ 0xA0, ' ' }, { 0xB7, '.' }, { 0x2013, '-' }, { 0x2014, '-' },
		{ 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201C, '"' },
		{ 0x201D, '"' }, { 0x2022, '*' }, { 0x2026, '.' },
	};

	for (size_t i = 0; i < nitems(signs); i++)
		if (signs[i].code == code)
			return signs[i].plain;
	return '?';
}

/* The letter without its marks. */
static char
plain(uint32_t code)
{
	char text[4], folded[16];
	size_t n = utf8_put(code, text);

	if (code >= ' ' && code < 0x7F)
		return (char)code;
	n = text_fold(text, n, folded, sizeof(folded));
	if (n != 1 || folded[0] < 'A' || folded[0] > 'Z')
		return likeness(code);
	return upper(code) == code ? folded[0] : (char)(folded[0] + 32);
}

static void
put_letter(struct text_setter *setter, uint32_t code)
{
	unsigned char byte = (unsigned char)plain(code);
	int page = 0;

	if (setter->tuning->mode == PRINT_TCVN3 &&
	    !tcvn_byte(code, &byte, &page))
		byte = (unsigned char)plain(code);
	if (page != 0 && page != setter->page) {
		const unsigned char command[] = { 0x1B, 't',
			(unsigned char)page };

		escpos_put(setter->out, command, sizeof(command));
		escpos_end(setter->out);
		setter->page = page;
	}
	escpos_put(setter->out, &byte, 1);
	escpos_end(setter->out);
}

/* The normal size of a printer's letters is our scale 2. */
static int
text_line(void *arg, const char *line, size_t n, int scale, enum align align,
    struct err *err)
{
	struct text_setter *setter = arg;
	const unsigned char style[] = { 0x1B, 'a', align == ALIGN_CENTRE,
		0x1D, '!', scale >= 4 ? 0x11 : 0 };

	(void)err;
	escpos_put(setter->out, style, sizeof(style));
	escpos_end(setter->out);
	for (size_t at = 0; at < n;)
		put_letter(setter, utf8_next(line, n, &at));
	escpos_put(setter->out, "\n", 1);
	escpos_end(setter->out);
	return 0;
}

static size_t
columns_of(const struct tuning *tuning)
{
	return (size_t)tuning->dots / 12; /* font A is 12 dots wide */
}

static int
text_rule(void *arg, struct err *err)
{
	const struct text_setter *setter = arg;
	char line[128];
	size_t n = columns_of(setter->tuning);

	memset(line, '-', n);
	return text_line(arg, line, n, 2, ALIGN_LEFT, err);
}

static int
text_gap(void *arg, struct err *err)
{
	return text_line(arg, "", 0, 2, ALIGN_LEFT, err);
}

/* The code still goes as dots: many printers know no other. */
static int
text_code(void *arg, const struct qr *qr, struct err *err)
{
	struct text_setter *setter = arg;
	struct raster raster;

	if (layout_code(qr, (size_t)setter->tuning->dots, &raster, err) < 0)
		return -1;
	escpos_raster(setter->out, &raster, (size_t)setter->tuning->band);
	raster_free(&raster);
	return 0;
}

int
tcvn_slip(const struct slip *slip, const struct tuning *tuning,
    struct escpos *out, struct err *err)
{
	struct text_setter state = { tuning, out, 0 };
	const struct setter setter = { columns_of(tuning), text_line,
		text_rule, text_code, text_gap, &state };

	return layout_slip(slip, &setter, err);
}
