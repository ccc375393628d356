/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charset - did a scanner lose the Vietnamese letters of an ID card?
 *
 * A scanner that types into the wrong keyboard layout, or that speaks another
 * character set, leaves the digits whole and the names in ruins: '?', odd
 * bytes, or nothing where a letter was. Such a card is refused whole: its name
 * would be compared, looked up and recorded.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define NUMBER_LEN 12
#define FIELDS_LEAST 5 /* number, old number, name, birth, sex */

enum { FIELD_NAME = 2, FIELD_SEX = 4, FIELD_ADDRESS = 5, FIELDS_OF_CARD = 7 };

struct piece {
	const char *text;
	size_t n;
};

static size_t
cut(const char *text, size_t n, struct piece *pieces, size_t most)
{
	size_t count = 0, from = 0;

	for (size_t i = 0; i <= n && count < most; i++)
		if (i == n || text[i] == '|') {
			pieces[count++] = (struct piece){ text + from,
				i - from };
			from = i + 1;
		}
	return count;
}

static bool
is_number(const struct piece *piece)
{
	for (size_t i = 0; i < piece->n; i++)
		if (!isdigit((unsigned char)piece->text[i]))
			return false;
	return piece->n == NUMBER_LEN;
}

static bool
is_ruined(const struct piece *piece)
{
	static const char replacement[] = "\xEF\xBF\xBD";

	return !utf8_valid(piece->text, piece->n) ||
	    memchr(piece->text, '?', piece->n) != NULL ||
	    memmem(piece->text, piece->n, replacement, 3) != NULL;
}

static bool
is_plain(const struct piece *piece)
{
	for (size_t i = 0; i < piece->n; i++)
		if ((unsigned char)piece->text[i] >= 0x80)
			return false;
	return true;
}

/* The word for woman lost its letter with the marks, however it was lost. */
static bool
is_ruined_sex(const struct piece *sex)
{
	return sex->n > 0 && (sex->text[0] == 'N' || sex->text[0] == 'n') &&
	    !(sex->n == 3 && strncasecmp(sex->text, "nam", 3) == 0) &&
	    is_plain(sex) && !(sex->n == 2 && (sex->text[1] | 0x20) == 'u');
}

bool
charset_lost(const unsigned char *payload, size_t n)
{
	struct piece pieces[FIELDS_OF_CARD];
	size_t count = cut((const char *)payload, n, pieces,
	    nitems(pieces));

	if (count < FIELDS_LEAST || !is_number(&pieces[0]))
		return false;
	return is_ruined(&pieces[FIELD_NAME]) || is_ruined(&pieces[FIELD_SEX]) ||
	    (count > FIELD_ADDRESS && is_ruined(&pieces[FIELD_ADDRESS])) ||
	    is_ruined_sex(&pieces[FIELD_SEX]);
}
