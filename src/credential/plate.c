/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plate - vehicle plates of Vietnam as typed or read, devices-and-documents
 * 11.1. The compact form has no separators: 30A-123.45 is 30A12345.
 */
#include "parts.h"

#include <stdio.h>
#include <ctype.h>
#include <string.h>

#define PLATE_CHARS_MAX 12
#define PLATE_TEXT_MAX 24 /* bytes as typed, separators included */
#define DD_MARK 'd'       /* Đ while matching: one byte a letter */

/*
 * In a pattern: # a digit, + a digit but 0, ? a digit or nothing, c m p f g
 * the letters of classes[], a capital or d (Đ) itself.
 */
static const struct {
	char mark;
	const char *letters;
} classes[] = {
	{ 'c', "ABCDEFGHKLMNPSTUVXYZ" }, /* series of cars and mopeds */
	{ 'm', "BCDEFGHKLMNPSTUVXYZ" },  /* series of motorcycles */
	{ 'p', "ABCDEFHKLMNPRSTUVXYZ" }, /* second letter of a series */
	{ 'o', "IJOQ" },                 /* car series before 2010 */
	{ 'f', "ABCDHKPQTV" },           /* military: unit */
	{ 'g', "ABCDEFGHIJKLMNOPQRSTUVWX" },
};

static const struct {
	const char *pattern;
	enum plate_class class;
} patterns[] = {
	{ "##LD####??", PLATE_SPECIAL }, /* joint venture */
	{ "##DA####??", PLATE_SPECIAL }, /* project */
	{ "##KT####??", PLATE_SPECIAL }, /* army enterprise */
	{ "##MK####??", PLATE_SPECIAL }, /* tractor */
	{ "##R####??", PLATE_SPECIAL },  /* trailer */
	{ "##RM####??", PLATE_SPECIAL },
	{ "##Td####??", PLATE_SPECIAL }, /* trial */
	{ "##HC####??", PLATE_SPECIAL }, /* limited range */
	{ "##Md?####??", PLATE_SPECIAL }, /* electric */
	{ "##SA####??", PLATE_SPECIAL }, { "##XA####??", PLATE_SPECIAL },
	{ "##MA####??", PLATE_SPECIAL }, { "##CT####??", PLATE_SPECIAL },
	{ "##LB####??", PLATE_SPECIAL },
	{ "T#######", PLATE_SPECIAL }, /* temporary */
	{ "#####NG##", PLATE_SPECIAL }, { "#####QT##", PLATE_SPECIAL },
	{ "#####CV##", PLATE_SPECIAL }, { "#####NN##", PLATE_SPECIAL },
	{ "##NG#####?", PLATE_SPECIAL }, { "##QT#####?", PLATE_SPECIAL },
	{ "##CV#####?", PLATE_SPECIAL }, { "##NN#####?", PLATE_SPECIAL },
	{ "##c####?", PLATE_CAR },
	{ "##o####", PLATE_CAR },
	{ "##m+####?", PLATE_MOTORBIKE },
	{ "##A+####?", PLATE_MOTORBIKE },
	{ "##cp####?", PLATE_MOTORBIKE },
	{ "fg###?", PLATE_SPECIAL }, { "fgB###?", PLATE_SPECIAL },
	{ "fg###?RM", PLATE_SPECIAL }, { "fgB###?RM", PLATE_SPECIAL },
	{ "fg###?BM", PLATE_SPECIAL }, { "fgB###?BM", PLATE_SPECIAL },
};

static const char *const class_words[] = {
	[PLATE_NOT] = "", [PLATE_CAR] = "car", [PLATE_MOTORBIKE] = "motorbike",
	[PLATE_SPECIAL] = "special",
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
fits(char mark, char c)
{
	if (mark == '#' || mark == '+')
		return is_digit(c) && (mark == '#' || c != '0');
	for (size_t i = 0; i < nitems(classes); i++)
		if (mark == classes[i].mark)
			return c != '\0' && strchr(classes[i].letters, c) != NULL;
	return mark == c;
}

static bool
match(const char *pattern, const char *text)
{
	if (*pattern == '\0')
		return *text == '\0';
	if (*pattern == '?')
		return match(pattern + 1, text) ||
		    (is_digit(*text) && match(pattern + 1, text + 1));
	return *text != '\0' && fits(*pattern, *text) &&
	    match(pattern + 1, text + 1);
}

/* Bytes of a separator people type between the parts, 0 for none. */
static size_t
separator(const char *text)
{
	if (*text != '\0' && strchr(" -._/,:", *text) != NULL)
		return 1;
	/* U+2010 to U+2014: dashes. */
	if (strncmp(text, "\xe2\x80", 2) == 0 &&
	    (unsigned char)text[2] >= 0x90 && (unsigned char)text[2] <= 0x94)
		return 3;
	return 0;
}

/* Upper case, Đ as DD_MARK. False: something that is in no plate. */
static bool
compact_form(const char *text, char *out, size_t capacity, bool *series_digit)
{
	size_t n = 0, skip;

	*series_digit = false;
	for (; *text != '\0'; text += skip) {
		skip = separator(text);
		if (skip > 0) {
			/* 29-B1 234.56: the digit belongs to the series. */
			if (n == 4 && is_digit(out[3]) && !is_digit(out[2]))
				*series_digit = true;
			continue;
		}
		if (n + 1 == capacity)
			return false;
		skip = 1;
		if (is_digit(*text) || (*text >= 'A' && *text <= 'Z')) {
			out[n++] = *text;
		} else if (*text >= 'a' && *text <= 'z') {
			out[n++] = (char)(*text - 'a' + 'A');
		} else if (strncmp(text, "Đ", 2) == 0 ||
		    strncmp(text, "đ", 2) == 0) {
			out[n++] = DD_MARK;
			skip = 2;
		} else {
			return false;
		}
	}
	out[n] = '\0';
	return true;
}

static enum plate_class
classify(const char *form, bool series_digit)
{
	for (size_t i = 0; i < nitems(patterns); i++) {
		if (!match(patterns[i].pattern, form))
			continue;
		/* 29B1-2345 and 29B-123.45 are equal without separators. */
		if (patterns[i].class == PLATE_CAR && series_digit &&
		    (match("##m+####", form) || match("##A+####", form)))
			return PLATE_MOTORBIKE;
		return patterns[i].class;
	}
	return PLATE_NOT;
}

enum plate_class
plate_parse(const char *text, char compact[24])
{
	char form[24];
	bool series_digit;
	size_t n = 0;

	compact[0] = '\0';
	if (!compact_form(text, form, sizeof(form), &series_digit))
		return PLATE_NOT;
	for (const char *p = form; *p != '\0'; p++) {
		bool wide = *p == DD_MARK;

		if (n + (wide ? 2 : 1) >= 24) {
			compact[0] = '\0';
			return PLATE_NOT;
		}
		if (wide)
			memcpy(compact + n, "Đ", 2);
		else
			compact[n] = *p;
		n += wide ? 2 : 1;
	}
	compact[n] = '\0';
	if (strlen(form) > PLATE_CHARS_MAX)
		return PLATE_NOT;
	return classify(form, series_digit);
}

/* Two digits, letters, and four to six digits: "83A-123.45", "59X1-123.45".
 * What is otherwise (diplomats, the army) stays as it is. */
void
plate_print(const char *compact, char out[PLATE_SHOWN_MAX])
{
	size_t n = strlen(compact), tail = 0, head, letters;

	while (tail < n && isdigit((unsigned char)compact[n - tail - 1]))
		tail++;
	head = n - tail;
	letters = head > 2 && isdigit((unsigned char)compact[0]) &&
	    isdigit((unsigned char)compact[1]) ? head - 2 : 0;
	if (tail == 6) { /* the first belongs to the series */
		head++;
		tail--;
	}
	if (letters == 0 || letters > 3 || tail < 4 || tail > 5)
		snprintf(out, PLATE_SHOWN_MAX, "%.23s", compact);
	else if (tail == 4)
		snprintf(out, PLATE_SHOWN_MAX, "%.*s-%s", (int)head, compact,
		    compact + head);
	else
		snprintf(out, PLATE_SHOWN_MAX, "%.*s-%.3s.%s", (int)head,
		    compact, compact + head, compact + head + 3);
}

bool
plate_is(const struct scan *scan)
{
	char compact[24];

	return scan->n > 0 && scan->n <= PLATE_TEXT_MAX &&
	    memchr(scan->text, '\0', scan->n) == NULL &&
	    plate_parse(scan->text, compact) != PLATE_NOT;
}

void
plate_fill(const struct scan *scan, struct credential *out)
{
	char compact[24], code[3];
	enum plate_class class = plate_parse(scan->text, compact);
	const char *province;

	out->kind = CREDENTIAL_PLATE;
	snprintf(out->id, sizeof(out->id), "%s", compact);
	put_string(out, "plate_class", class_words[class]);
	snprintf(code, sizeof(code), "%.2s", compact);
	province = value_label(scan->context, VALUES_PLATE_PROVINCE, code);
	if (province != NULL)
		put_string(out, "province", province);
}
