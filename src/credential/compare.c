/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare - do two documents speak of one person? The table of cases is in
 * chot-credential(7).
 *
 * A number in common decides; a masked one alone never makes two people one.
 * Else name and birth date must both agree. Where only some of it does, the
 * paper may be this person's or somebody else's: that is told, not guessed.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define NAME_WORDS_MAX 32
#define TRUNCATED_LETTERS 28 /* a name this long may have been cut by an MRZ */

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

/* ---- all of it ------------------------------------------------------------------- */

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
differences(const struct credential *a, const struct credential *b,
    const struct alike *numbers)
{
	bool names = a->name[0] != '\0' && b->name[0] != '\0';
	bool sexes = sex_of(a)[0] != '\0' && sex_of(b)[0] != '\0';
	unsigned differ = numbers->differ ? CREDENTIAL_DIFFERS_NUMBER : 0;

	if (names && !same_name(a, b))
		differ |= CREDENTIAL_DIFFERS_NAME;
	if (!date_agrees(birth_of(a), birth_of(b)))
		differ |= CREDENTIAL_DIFFERS_BIRTH;
	if (sexes && strcmp(a->sex, b->sex) != 0)
		differ |= CREDENTIAL_DIFFERS_SEX;
	return differ;
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

/* Nobody has two of them, but for passports and visas: two of a kind are two
 * people's. */
static bool
may_be_one_persons(const struct credential *a, const struct credential *b)
{
	return a->kind != b->kind || a->kind == CREDENTIAL_MRZ;
}

/* A name or a birth date in common, not both, and no number. A birthday in
 * common is rare, and with a name's word in common a sign. */
static bool
is_doubtful(const struct credential *a, const struct credential *b,
    unsigned differ)
{
	bool whole = strlen(a->birth) == 10 && strlen(b->birth) == 10;

	if (a->kind == b->kind || (is_health(a) && is_health(b)))
		return false;
	return (differ & CREDENTIAL_DIFFERS_NAME) == 0 ||
	    (whole && names_touch(a, b));
}

static enum credential_match
match(const struct credential *a, const struct credential *b,
    const struct alike *numbers, unsigned differ)
{
	bool names = a->name[0] != '\0' && b->name[0] != '\0';
	bool births = birth_of(a)[0] != '\0' && birth_of(b)[0] != '\0';
	unsigned both = CREDENTIAL_DIFFERS_NAME | CREDENTIAL_DIFFERS_BIRTH;

	if (numbers->agree)
		return differ == 0 ? MATCH_SAME : MATCH_MISMATCH;
	if (numbers->differ && (!names || !births || (differ & both) != 0 ||
	    !may_be_one_persons(a, b)))
		return MATCH_OTHER;
	if (!names || !births || (differ & both) == both)
		return MATCH_NONE;
	if ((differ & both) == 0)
		return differ == 0 ? MATCH_SAME : MATCH_PARTLY;
	return numbers->agree_masked || is_doubtful(a, b, differ) ?
	    MATCH_PARTLY : MATCH_NONE;
}

/* ---- the door --------------------------------------------------------------------- */

enum credential_match
credential_compare(const struct credential *a, const struct credential *b)
{
	struct alike numbers;

	alike_compare(a, b, &numbers);
	return match(a, b, &numbers, differences(a, b, &numbers));
}

unsigned
credential_differences(const struct credential *a, const struct credential *b)
{
	struct alike numbers;
	enum credential_match found;
	unsigned differ;

	alike_compare(a, b, &numbers);
	differ = differences(a, b, &numbers);
	found = match(a, b, &numbers, differ);
	return found == MATCH_MISMATCH || found == MATCH_PARTLY ? differ : 0;
}

const char *
credential_differing(const struct credential *a, const struct credential *b,
    unsigned field)
{
	struct alike numbers;

	if (field == CREDENTIAL_DIFFERS_NAME)
		return a->name;
	if (field == CREDENTIAL_DIFFERS_BIRTH)
		return a->birth;
	if (field == CREDENTIAL_DIFFERS_SEX)
		return a->sex;
	alike_compare(a, b, &numbers);
	return numbers.differ ? numbers.differing[0] : "";
}
