/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compose - Vietnamese letters from plain keys: Telex and VNI.
 *
 * Pure. A character goes to the end of a text; the word it lands in is read
 * as onset, vowels and coda. A key that makes no Vietnamese syllable is a
 * letter of its own, so that foreign names come out as typed, and the same
 * key once more takes its mark away and stands for itself. The tone
 * moves when letters follow. Scans never come here: keys.c gives them out whole.
 */
#include "syllable.h"

#include <ctype.h>
#include <string.h>

/* ---- tables ------------------------------------------------------------------- */

enum deed { DEED_TONE, DEED_CLEAR, DEED_SHAPE, DEED_STROKE };

struct key_info {
	char key;
	enum deed deed;
	enum tone tone;
	const char *bases; /* letters that may take the shape */
	enum shape shape;  /* w: a breve on a, a horn on o and u */
};

static const struct key_info telex[] = {
	{ 's', DEED_TONE, TONE_ACUTE, "", SHAPE_NONE },
	{ 'f', DEED_TONE, TONE_GRAVE, "", SHAPE_NONE },
	{ 'r', DEED_TONE, TONE_HOOK, "", SHAPE_NONE },
	{ 'x', DEED_TONE, TONE_TILDE, "", SHAPE_NONE },
	{ 'j', DEED_TONE, TONE_DOT, "", SHAPE_NONE },
	{ 'z', DEED_CLEAR, TONE_NONE, "", SHAPE_NONE },
	{ 'a', DEED_SHAPE, TONE_NONE, "a", SHAPE_CIRCUMFLEX },
	{ 'e', DEED_SHAPE, TONE_NONE, "e", SHAPE_CIRCUMFLEX },
	{ 'o', DEED_SHAPE, TONE_NONE, "o", SHAPE_CIRCUMFLEX },
	{ 'w', DEED_SHAPE, TONE_NONE, "aou", SHAPE_NONE },
	{ 'd', DEED_STROKE, TONE_NONE, "", SHAPE_NONE },
};

static const struct key_info vni[] = {
	{ '1', DEED_TONE, TONE_ACUTE, "", SHAPE_NONE },
	{ '2', DEED_TONE, TONE_GRAVE, "", SHAPE_NONE },
	{ '3', DEED_TONE, TONE_HOOK, "", SHAPE_NONE },
	{ '4', DEED_TONE, TONE_TILDE, "", SHAPE_NONE },
	{ '5', DEED_TONE, TONE_DOT, "", SHAPE_NONE },
	{ '0', DEED_CLEAR, TONE_NONE, "", SHAPE_NONE },
	{ '6', DEED_SHAPE, TONE_NONE, "aeo", SHAPE_CIRCUMFLEX },
	{ '7', DEED_SHAPE, TONE_NONE, "ou", SHAPE_HORN },
	{ '8', DEED_SHAPE, TONE_NONE, "a", SHAPE_BREVE },
	{ '9', DEED_STROKE, TONE_NONE, "", SHAPE_NONE },
};

/* ---- keys --------------------------------------------------------------------------- */

/* uo with a horn on one of them takes both when something follows: thuơ
 * becomes thương. */
static void
spread_horn(struct word *w)
{
	struct letter *v = w->letters + w->vowels;

	if (w->coda - w->vowels >= 2 && v[0].base == 'u' && v[1].base == 'o' &&
	    w->n > w->vowels + 2 && (v[0].shape == SHAPE_HORN) !=
	    (v[1].shape == SHAPE_HORN) && v[1].shape != SHAPE_CIRCUMFLEX)
		v[0].shape = v[1].shape = SHAPE_HORN;
}

static void
append(struct word *w, char key)
{
	w->letters[w->n++] = (struct letter){ .base = (char)tolower(key),
		.capital = isupper((unsigned char)key) != 0 };
	word_split(w);
	spread_horn(w);
	word_settle(w);
}

enum done { DONE_NOTHING, DONE_MARK, DONE_UNDO };

static enum done
tone_key(struct word *w, enum tone tone)
{
	enum tone old;
	bool stops = w->coda < w->n && strchr("ckpt",
	    w->letters[w->coda].base) != NULL;

	if (!w->syllable || (stops && tone != TONE_ACUTE && tone != TONE_DOT))
		return DONE_NOTHING;
	old = word_tone_take(w);
	if (old == tone)
		return DONE_UNDO;
	w->letters[word_tone_place(w)].tone = tone;
	return DONE_MARK;
}

static enum done
clear_key(struct word *w)
{
	return w->syllable && word_tone_take(w) != TONE_NONE ? DONE_MARK :
	    DONE_NOTHING;
}

static enum done
stroke_key(struct word *w)
{
	struct letter *first = &w->letters[0];
	bool onset = w->n == 1 || (w->syllable && w->vowels == 1);

	if (w->n == 0 || first->base != 'd' || !onset)
		return DONE_NOTHING;
	first->shape = first->shape == SHAPE_STROKE ? SHAPE_NONE :
	    SHAPE_STROKE;
	return first->shape == SHAPE_STROKE ? DONE_MARK : DONE_UNDO;
}

static enum shape
shape_for(const struct key_info *key, char base)
{
	if (key->shape != SHAPE_NONE)
		return key->shape;
	return base == 'a' ? SHAPE_BREVE : SHAPE_HORN;
}

/* uo takes two horns at once, but for huo+, thuo+, khuo+ at the end. */
static bool
both_horns(struct word *w, const struct key_info *key)
{
	struct letter *v = w->letters + w->vowels;
	bool end = w->n == w->vowels + 2 && w->vowels > 0 &&
	    w->letters[w->vowels - 1].base == 'h' && (w->vowels == 1 ||
	    strchr("tk", w->letters[w->vowels - 2].base) != NULL);

	if (strchr(key->bases, 'u') == NULL || w->coda - w->vowels < 2 ||
	    v[0].base != 'u' || v[1].base != 'o' ||
	    v[0].shape == SHAPE_HORN || v[1].shape == SHAPE_HORN)
		return false;
	v[1].shape = SHAPE_HORN;
	if (!end)
		v[0].shape = SHAPE_HORN;
	return true;
}

/* Set the shape on the last vowel that may have it and makes sense with it. */
static enum done
shape_key(struct word *w, const struct key_info *key)
{
	bool undone = false;

	if (!w->syllable)
		return DONE_NOTHING;
	if (both_horns(w, key))
		return DONE_MARK;
	for (size_t i = w->coda; i > w->vowels; i--) {
		struct letter *l = &w->letters[i - 1];
		enum shape old = l->shape, shape = shape_for(key, l->base);

		if (strchr(key->bases, l->base) == NULL || old == shape)
			continue;
		l->shape = shape;
		word_split(w);
		if (w->syllable)
			return DONE_MARK;
		l->shape = old;
	}
	for (size_t i = w->vowels; i < w->coda; i++) {
		struct letter *l = &w->letters[i];

		if (strchr(key->bases, l->base) == NULL ||
		    l->shape != shape_for(key, l->base))
			continue;
		l->shape = SHAPE_NONE;
		undone = true;
	}
	word_split(w);
	return undone ? DONE_UNDO : DONE_NOTHING;
}

static const struct key_info *
key_find(enum compose_method method, char key)
{
	const struct key_info *list = method == COMPOSE_VNI ? vni : telex;
	size_t n = method == COMPOSE_VNI ? nitems(vni) : nitems(telex);

	for (size_t i = 0; i < n && method != COMPOSE_OFF; i++)
		if (list[i].key == tolower((unsigned char)key))
			return &list[i];
	return NULL;
}

/* Telex: a w where no letter takes it is a u with a horn. */
static bool
lone_w(struct compose *c, struct word *w, char key)
{
	struct word with = *w;

	if (c->method != COMPOSE_TELEX || tolower(key) != 'w')
		return false;
	append(&with, key == 'W' ? 'U' : 'u');
	with.letters[with.n - 1].shape = SHAPE_HORN;
	word_settle(&with);
	if (!with.syllable)
		return false;
	*w = with;
	c->lone_w = true;
	return true;
}

static void
press(struct compose *c, struct word *w, char key)
{
	const struct key_info *info = key_find(c->method, key);
	enum done done = DONE_NOTHING;
	bool again = c->lone_w;

	c->lone_w = false;
	if (info != NULL && again && info->key == 'w') {
		w->n--; /* ww is a w */
		append(w, key);
		return;
	}
	if (info != NULL) {
		switch (info->deed) {
		case DEED_TONE: done = tone_key(w, info->tone); break;
		case DEED_CLEAR: done = clear_key(w); break;
		case DEED_SHAPE: done = shape_key(w, info); break;
		case DEED_STROKE: done = stroke_key(w); break;
		}
	}
	if (done == DONE_MARK) {
		word_split(w);
		spread_horn(w);
		word_settle(w);
	}
	if (done == DONE_UNDO || (done == DONE_NOTHING && !lone_w(c, w, key)))
		append(w, key);
}

/* ---- door ------------------------------------------------------------------------------ */

/* As it is, but NFC: a mark from the keyboard joins its letter. */
static bool
add_plain(char *text, size_t capacity, const char *character)
{
	size_t n = strlen(text);

	if (n + strlen(character) + 1 > capacity)
		return false;
	strcpy(text + n, character);
	if ((unsigned char)character[0] >= 0x80) {
		char whole[COMPOSE_TEXT_MAX];

		if (text_nfc(text, strlen(text), whole, sizeof(whole)) <
		    capacity)
			strcpy(text, whole);
	}
	return true;
}

bool
compose_type(struct compose *c, char *text, size_t capacity,
    const char *character)
{
	struct word w;
	unsigned char key = (unsigned char)character[0];
	bool letter = isalpha(key) || (c->method == COMPOSE_VNI &&
	    isdigit(key));

	if (capacity > COMPOSE_TEXT_MAX)
		capacity = COMPOSE_TEXT_MAX;
	if (c->method == COMPOSE_OFF || !letter || character[1] != '\0' ||
	    !word_read(text, &w) || w.n >= WORD_MAX) {
		c->lone_w = false;
		return add_plain(text, capacity, character);
	}
	if (isdigit(key) && key_find(c->method, (char)key) == NULL)
		return add_plain(text, capacity, character);
	press(c, &w, (char)key);
	if (word_write(&w, text, capacity))
		return true;
	c->lone_w = false; /* it did not become one after all */
	return false;
}

void
compose_erase(struct compose *c, char *text)
{
	size_t n = strlen(text);
	struct word w;

	c->lone_w = false;
	if (n == 0)
		return;
	do
		n--;
	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80);
	text[n] = '\0';
	if (c->method == COMPOSE_OFF || !word_read(text, &w) || w.n == 0)
		return;
	word_settle(&w);
	word_write(&w, text, n + 2); /* a byte at least was taken away */
}
