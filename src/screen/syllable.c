/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * syllable - reads and writes a word by its onset, vowels and coda. Pure.
 *
 * The tone stands where passports and most forms have it (hòa, thúy; not
 * hoà, thuý): on the vowel with a mark, the middle one of three, of two the
 * second before a coda and else the first.
 */
#include "syllable.h"

#include <ctype.h>
#include <string.h>

#define VOWELS_MAX 3
#define CODE_D_STROKE 0x111
#define CODE_D_STROKE_CAPITAL 0x110

/* ---- tables ------------------------------------------------------------------- */

static const char *const onsets[] = {
	"", "b", "c", "ch", "d", "g", "gh", "gi", "h", "k", "kh", "l", "m",
	"n", "ng", "ngh", "nh", "p", "ph", "qu", "r", "s", "t", "th", "tr",
	"v", "x",
};

/* k ends names of the highlands: Dak Lak with its marks. */
static const char *const codas[] = {
	"", "c", "ch", "k", "m", "n", "ng", "nh", "p", "t",
};

/* A letter, then ^ circumflex, ( breve, + horn. What is typed so far may
 * still lack marks: ie is on the way to ie^. */
static const char *const nuclei[] = {
	"a", "a(", "a^", "e", "e^", "i", "o", "o^", "o+", "u", "u+", "y",
	"ai", "ao", "au", "ay", "a^u", "a^y", "eo", "e^u", "ia", "ie^", "iu",
	"oa", "oa(", "oe", "oi", "oo", "o^i", "o+i", "ua", "ua^", "ue^", "ui",
	"uo^", "uo+", "uy", "u+a", "u+i", "u+o+", "u+u", "ye^",
	"ie^u", "oai", "oao", "oay", "oeo", "ua^y", "uo^i", "uya", "uye^",
	"uyu", "u+o+i", "u+o+u", "ye^u",
};

/* ---- letters ------------------------------------------------------------------- */

static struct letter
letter_read(const char *bytes, size_t n)
{
	struct letter letter = { 0 };
	struct marked marked;
	char upper[8];
	size_t at = 0;

	text_upper(bytes, n, upper, sizeof(upper));
	if (!glyph_marks(utf8_next(upper, strlen(upper), &at), &marked) ||
	    marked.letter < 'A' || marked.letter > 'Z')
		return letter;
	letter.base = (char)(marked.letter - 'A' + 'a');
	letter.shape = marked.shape;
	letter.tone = marked.tone;
	letter.capital = strlen(upper) == n && memcmp(upper, bytes, n) == 0;
	return letter;
}

static size_t
letter_print(const struct letter *letter, char out[8])
{
	static const uint32_t shapes[] = { [SHAPE_CIRCUMFLEX] = 0x302,
		[SHAPE_BREVE] = 0x306, [SHAPE_HORN] = 0x31B };
	static const uint32_t tones[] = { [TONE_GRAVE] = 0x300,
		[TONE_ACUTE] = 0x301, [TONE_HOOK] = 0x309,
		[TONE_TILDE] = 0x303, [TONE_DOT] = 0x323 };
	char parts[16];
	size_t n = 1;

	if (letter->shape == SHAPE_STROKE)
		return utf8_put(letter->capital ? CODE_D_STROKE_CAPITAL :
		    CODE_D_STROKE, out);
	parts[0] = letter->capital ? (char)(letter->base - 'a' + 'A') :
	    letter->base;
	if (letter->shape != SHAPE_NONE)
		n += utf8_put(shapes[letter->shape], parts + n);
	if (letter->tone != TONE_NONE)
		n += utf8_put(tones[letter->tone], parts + n);
	return text_nfc(parts, n, out, 8);
}

static bool
is_vowel(const struct letter *letter)
{
	return strchr("aeiouy", letter->base) != NULL && letter->base != '\0';
}

/* Does the table hold exactly these base letters? */
static bool
is_listed(const char *const *list, size_t n, const struct letter *letters,
    size_t count)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = 0;

		while (at < count && list[i][at] == letters[at].base)
			at++;
		if (at == count && list[i][at] == '\0')
			return true;
	}
	return false;
}

static bool
nucleus_fits(const char *entry, const struct letter *letters, size_t count)
{
	static const enum shape marks[] = { ['^'] = SHAPE_CIRCUMFLEX,
		['('] = SHAPE_BREVE, ['+'] = SHAPE_HORN };

	for (size_t i = 0; i < count; i++) {
		enum shape shape = SHAPE_NONE;

		if (*entry++ != letters[i].base)
			return false;
		if (*entry != '\0' && strchr("^(+", *entry) != NULL)
			shape = marks[(unsigned char)*entry++];
		if (letters[i].shape != SHAPE_NONE &&
		    letters[i].shape != shape)
			return false;
	}
	return *entry == '\0';
}

/* ---- words ------------------------------------------------------------------------ */

/* Where onset, vowels and coda are, and whether they make a syllable. */
void
word_split(struct word *w)
{
	const struct letter *l = w->letters;
	size_t at = 0;
	bool vowels = false;

	while (at < w->n && !is_vowel(&l[at]))
		at++;
	if (at == 1 && l[0].base == 'q' && at < w->n && l[at].base == 'u')
		at++;
	else if (at == 1 && l[0].base == 'g' && l[0].shape == SHAPE_NONE &&
	    at + 1 < w->n && l[at].base == 'i' && is_vowel(&l[at + 1]))
		at++;
	w->vowels = at;
	while (at < w->n && is_vowel(&l[at]))
		at++;
	w->coda = at;
	for (size_t i = 0; i < nitems(nuclei); i++)
		vowels = vowels || nucleus_fits(nuclei[i], l + w->vowels,
		    w->coda - w->vowels);
	w->syllable = w->coda > w->vowels &&
	    w->coda - w->vowels <= VOWELS_MAX && vowels &&
	    is_listed(onsets, nitems(onsets), l, w->vowels) &&
	    is_listed(codas, nitems(codas), l + w->coda, w->n - w->coda);
}

bool
word_read(const char *text, struct word *w)
{
	size_t n = strlen(text), at = 0;

	*w = (struct word){ 0 };
	while (at < n) {
		size_t from = at;
		struct letter letter;

		utf8_next(text, n, &at);
		letter = letter_read(text + from, at - from);
		if (letter.base == '\0' && (unsigned char)text[from] < 0x80 &&
		    !isdigit((unsigned char)text[from])) {
			w->n = 0; /* a space, a hyphen: a new word follows */
			w->start = at;
		} else if (w->n <= WORD_MAX) {
			if (w->n < WORD_MAX)
				w->letters[w->n] = letter;
			w->n++;
		}
	}
	if (w->n > WORD_MAX)
		return false;
	for (size_t i = 0; i < w->n; i++)
		if (w->letters[i].base == '\0')
			return false; /* a digit, another script */
	word_split(w);
	return true;
}

bool
word_write(const struct word *w, char *text, size_t capacity)
{
	char bytes[WORD_MAX * 8 + 1];
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += letter_print(&w->letters[i], bytes + n);
	if (w->start + n + 1 > capacity)
		return false;
	memcpy(text + w->start, bytes, n);
	text[w->start + n] = '\0';
	return true;
}

/* ---- tones ------------------------------------------------------------------------- */

/* The vowel that carries the tone: one with a mark, of several the last;
 * the middle of three; of two the second before a coda, else the first. */
size_t
word_tone_place(const struct word *w)
{
	size_t count = w->coda - w->vowels;

	for (size_t i = w->coda; i > w->vowels; i--)
		if (w->letters[i - 1].shape != SHAPE_NONE)
			return i - 1;
	if (count == 3 || (count == 2 && w->coda < w->n))
		return w->vowels + 1;
	return w->vowels;
}

enum tone
word_tone_take(struct word *w)
{
	enum tone tone = TONE_NONE;

	for (size_t i = 0; i < w->n; i++) {
		if (w->letters[i].tone != TONE_NONE)
			tone = w->letters[i].tone;
		w->letters[i].tone = TONE_NONE;
	}
	return tone;
}

void
word_settle(struct word *w)
{
	enum tone tone;

	word_split(w);
	if (!w->syllable)
		return;
	tone = word_tone_take(w);
	w->letters[word_tone_place(w)].tone = tone;
}
