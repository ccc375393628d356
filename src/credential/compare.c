/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare - do two documents speak of one person?
 *
 * Numbers decide where both documents have one that can be compared; a
 * masked number alone never makes two people one. Without a common number,
 * name and birth date must both agree; where one of them does, a health paper
 * may be this person's or somebody else's: that is told, not guessed.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define NAME_WORDS_MAX 32
#define TRUNCATED_LETTERS 28 /* a name this long may have been cut by an MRZ */

enum verdict_of_numbers { NUMBERS_NONE, NUMBERS_DIFFER, NUMBERS_MASKED,
	NUMBERS_EQUAL };

/* ---- numbers ------------------------------------------------------------------ */

static const char *const number_fields[] = { "old_number",
	"cancelled_number", "personal_number" };

static bool
is_national(const char *number)
{
	size_t n = strlen(number);

	if (n != PIN_DIGITS && n != CMND_DIGITS)
		return false;
	for (size_t i = 0; i < n; i++)
		if (number[i] != '*' && (number[i] < '0' || number[i] > '9'))
			return false;
	return true;
}

static enum verdict_of_numbers
compare_pair(const char *a, const char *b)
{
	bool masked = false;

	if (!is_national(a) || !is_national(b) || strlen(a) != strlen(b))
		return NUMBERS_NONE;
	for (size_t i = 0; a[i] != '\0'; i++) {
		if (a[i] == '*' || b[i] == '*')
			masked = true;
		else if (a[i] != b[i])
			return NUMBERS_DIFFER;
	}
	return masked ? NUMBERS_MASKED : NUMBERS_EQUAL;
}

static const char *
nth_number(const struct credential *c, size_t i)
{
	return i == 0 ? c->id : credential_field(c, number_fields[i - 1]);
}

/* The best of all pairs: a card carries the old number too. */
static enum verdict_of_numbers
compare_numbers(const struct credential *a, const struct credential *b)
{
	enum verdict_of_numbers best = NUMBERS_NONE;

	if (a->identity[0] != '\0' && strcmp(a->identity, b->identity) == 0)
		return NUMBERS_EQUAL;
	for (size_t i = 0; i <= nitems(number_fields); i++) {
		for (size_t j = 0; j <= nitems(number_fields); j++) {
			const char *x = nth_number(a, i), *y = nth_number(b, j);
			enum verdict_of_numbers pair;

			if (x == NULL || y == NULL)
				continue;
			pair = compare_pair(x, y);
			if (pair > best)
				best = pair;
		}
	}
	return best;
}

/* ---- names -------------------------------------------------------------------- */

struct name {
	char folded[CREDENTIAL_VALUE_MAX];
	char *words[NAME_WORDS_MAX];
	size_t nwords, letters;
};

static int
by_word(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
name_read(struct name *name, const char *text)
{
	char *rest = name->folded, *word;

	name->nwords = name->letters = 0;
	text_fold(text, strlen(text), name->folded, sizeof(name->folded));
	while (name->nwords < NAME_WORDS_MAX &&
	    (word = strsep(&rest, " ")) != NULL) {
		if (word[0] == '\0')
			continue;
		name->words[name->nwords++] = word;
		name->letters += strlen(word);
	}
}

/* Words in the order of the document, without gaps: does one start the other? */
static bool
is_truncated(const struct name *shorter, const struct name *longer)
{
	char a[CREDENTIAL_VALUE_MAX] = "", b[CREDENTIAL_VALUE_MAX] = "";

	if (shorter->letters < TRUNCATED_LETTERS)
		return false;
	for (size_t i = 0; i < shorter->nwords; i++)
		strcat(a, shorter->words[i]);
	for (size_t i = 0; i < longer->nwords; i++)
		strcat(b, longer->words[i]);
	return strncmp(a, b, strlen(a)) == 0;
}

static bool
names_agree(const char *a, const char *b)
{
	struct name x, y;

	name_read(&x, a);
	name_read(&y, b);
	if (is_truncated(&x, &y) || is_truncated(&y, &x))
		return true;
	if (x.nwords != y.nwords)
		return false;
	/* Given name first or last is a matter of the country. */
	qsort(x.words, x.nwords, sizeof(x.words[0]), by_word);
	qsort(y.words, y.nwords, sizeof(y.words[0]), by_word);
	for (size_t i = 0; i < x.nwords; i++)
		if (strcmp(x.words[i], y.words[i]) != 0)
			return false;
	return true;
}

/* The name as printed, then as transliterated by the issuer. */
static const char *
nth_name(const struct credential *c, int i)
{
	return i == 0 ? c->name : credential_field(c, "name_latin");
}

static bool
same_name(const struct credential *a, const struct credential *b)
{
	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < 2; j++) {
			const char *x = nth_name(a, i), *y = nth_name(b, j);

			if (x != NULL && y != NULL && names_agree(x, y))
				return true;
		}
	}
	return false;
}

/* ---- both ------------------------------------------------------------------------ */

/* A typed number's birth year and sex are read out of the number: no second
 * witness. */
static const char *
birth_of(const struct credential *c)
{
	return c->kind == CREDENTIAL_NUMBER ? "" : c->birth;
}

static const char *
sex_of(const struct credential *c)
{
	return c->kind == CREDENTIAL_NUMBER ? "" : c->sex;
}

static unsigned
differences(const struct credential *a, const struct credential *b)
{
	bool names = a->name[0] != '\0' && b->name[0] != '\0';
	bool sexes = sex_of(a)[0] != '\0' && sex_of(b)[0] != '\0';
	unsigned differ = 0;

	if (names && !same_name(a, b))
		differ |= CREDENTIAL_DIFFERS_NAME;
	if (!date_agrees(birth_of(a), birth_of(b)))
		differ |= CREDENTIAL_DIFFERS_BIRTH;
	if (sexes && strcmp(a->sex, b->sex) != 0)
		differ |= CREDENTIAL_DIFFERS_SEX;
	return differ;
}

unsigned
credential_differences(const struct credential *a, const struct credential *b)
{
	enum credential_match match = credential_compare(a, b);

	return match == MATCH_MISMATCH || match == MATCH_PARTLY ?
	    differences(a, b) : 0;
}

static bool
is_health(const struct credential *c)
{
	return c->kind == CREDENTIAL_DCC || c->kind == CREDENTIAL_SHC ||
	    c->kind == CREDENTIAL_VDS_NC;
}

/* A word of the one name in the other. */
static bool
names_touch(const struct credential *a, const struct credential *b)
{
	struct name x, y;

	name_read(&x, nth_name(a, 1) != NULL ? nth_name(a, 1) : a->name);
	name_read(&y, nth_name(b, 1) != NULL ? nth_name(b, 1) : b->name);
	for (size_t i = 0; i < x.nwords; i++)
		for (size_t j = 0; j < y.nwords; j++)
			if (strcmp(x.words[i], y.words[j]) == 0)
				return true;
	return false;
}

/* Names and birth dates are there, and do not both agree. A birthday in
 * common is rare, and with a name's word in common a sign. */
static bool
is_doubtful(const struct credential *a, const struct credential *b)
{
	bool births = date_agrees(a->birth, b->birth);
	bool whole = strlen(a->birth) == 10 && strlen(b->birth) == 10;

	return is_health(a) != is_health(b) && (same_name(a, b) ||
	    (births && whole && names_touch(a, b)));
}

enum credential_match
credential_compare(const struct credential *a, const struct credential *b)
{
	enum verdict_of_numbers numbers = compare_numbers(a, b);
	bool names = a->name[0] != '\0' && b->name[0] != '\0';
	bool births = birth_of(a)[0] != '\0' && birth_of(b)[0] != '\0';
	bool agree = differences(a, b) == 0;

	switch (numbers) {
	case NUMBERS_EQUAL:
		return agree ? MATCH_SAME : MATCH_MISMATCH;
	case NUMBERS_DIFFER:
		return MATCH_NONE;
	case NUMBERS_MASKED:
	case NUMBERS_NONE:
		break;
	}
	if (!names || !births)
		return MATCH_NONE;
	return agree ? MATCH_SAME : is_doubtful(a, b) ? MATCH_PARTLY :
	    MATCH_NONE;
}
