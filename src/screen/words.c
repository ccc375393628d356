/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words - the fixed words of screens and which key of a view means which.
 */
#include "parts.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

struct word {
	const char *key;
	const char *text; /* N_() */
};

static const char *const verdicts[] = {
	[VERDICT_PASS] = N_("PASS"),
	[VERDICT_CHECK] = N_("CHECK"),
	[VERDICT_STOP] = N_("STOP"),
};

static const struct word outcomes[] = {
	{ "passed", N_("Let pass") },
	{ "turned-back", N_("Turn back") },
	{ "health-desk", N_("To health desk") },
	{ "held", N_("Hold, hand over") },
	{ "waiting", N_("Waiting, second reading") },
	{ "left", N_("Left") },
	{ "none", N_("No decision") },
};

/* What Enter will do; where it differs from how a crossing ended. */
static const struct word decisions[] = {
	{ "waiting", N_("Measure again later") },
};

static const struct word directions[] = {
	{ "in", N_("IN") },
	{ "out", N_("OUT") },
	{ "ask", N_("IN/OUT?") },
};

static const struct word hints[] = {
	{ "dark", N_("Brighten your screen") },
	{ "bright", N_("Tilt, avoid sun") },
	{ "glare", N_("Tilt, avoid sun") },
	{ "far", N_("Closer") },
	{ "blurred", N_("Farther") },
	{ "cut", N_("Farther") },
};

static const char *const weekdays[] = {
	N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"),
	N_("Sat"),
};

static const char *const forms[] = {
	[FORM_NONE] = "",
	[FORM_NUMBER] = N_("Personal number: 12 digits (an old one: 9, then Enter)"),
	[FORM_PLATE] = N_("Plate of the vehicle"),
	[FORM_TEMPERATURE] = N_("Temperature, hand-held: 368 is 36.8"),
	[FORM_MINUTES] = N_("Surge: open the post for so many minutes"),
	[FORM_INSIDE] = N_("How many are inside, as counted"),
	[FORM_SEARCH] = N_("Find in this shift: last digits, plate or time"),
	[FORM_CLOCK] = N_("Confirm the time: Enter, or type it as 1403"),
};

static const char *
find(const struct word *words, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i].key, key) == 0)
			return _(words[i].text);
	return NULL;
}

void
words_use(enum language language)
{
	const char *name = language == LANGUAGE_VI ? "vi" : "en";
	const char *now = getenv("LANGUAGE"), *locale;

	locale = setlocale(LC_MESSAGES, NULL);
	if (locale == NULL || strcmp(locale, "C") == 0 ||
	    strcmp(locale, "POSIX") == 0) /* it would ignore LANGUAGE */
		setlocale(LC_MESSAGES, "C.UTF-8");
	if (now != NULL && strcmp(now, name) == 0)
		return;
	setenv("LANGUAGE", name, 1);
	textdomain(textdomain(NULL)); /* forget what was looked up before */
}

const char *
word_verdict(enum verdict verdict)
{
	return _(verdicts[verdict <= VERDICT_STOP ? verdict : VERDICT_CHECK]);
}

const char *
word_outcome(const char *outcome)
{
	const char *word = find(outcomes, nitems(outcomes), outcome);

	return word != NULL ? word : outcome;
}

const char *
word_decision(const char *outcome, char *out)
{
	const char *word = find(decisions, nitems(decisions), outcome);

	word_capitals(word != NULL ? word : word_outcome(outcome), out,
	    VIEW_TEXT_MAX);
	return out;
}

const char *
word_direction(const char *direction)
{
	const char *word = find(directions, nitems(directions), direction);

	return word != NULL ? word : direction;
}

const char *
word_weekday(int weekday)
{
	return weekday >= 0 && weekday < 7 ? _(weekdays[weekday]) : "";
}

const char *
word_hint(const char *hint)
{
	const char *word = find(hints, nitems(hints), hint);

	return word != NULL ? word : "";
}

const char *
word_told(enum told told)
{
	static const char *const words[] = {
		[TOLD_OFFLINE] = N_("Duty desk NOT told yet: offline"),
		[TOLD_NOT_YET] = N_("Duty desk not told yet"),
		[TOLD_DONE] = N_("Duty desk told"),
	};

	return told > TOLD_NOBODY && (size_t)told < nitems(words) ?
	    _(words[told]) : "";
}

const char *
word_form(enum form_kind kind)
{
	return kind > FORM_NONE && (size_t)kind < nitems(forms) ?
	    _(forms[kind]) : "";
}

void
word_capitals(const char *text, char *out, size_t capacity)
{
	text_upper(text, strlen(text), out, capacity);
}

char
code_ascii(uint32_t code)
{
	static const struct {
		uint32_t code;
		char ascii;
	} signs[] = {
		{ CODE_ACROSS, '-' }, { CODE_DOWN, '|' }, { CODE_FULL, '#' },
		{ CODE_ELLIPSIS, '.' }, { 0xB7, '.' }, { 0x2190, '<' },
		{ 0xB0, ' ' }, { 0x2022, '*' }, { 0x2013, '-' },
		{ 0x2019, '\'' }, { 0x201C, '"' }, { 0x201D, '"' },
	};
	char text[5] = "", folded[8], upper[8];

	if (code >= ' ' && code < 0x7F)
		return (char)code;
	for (size_t i = 0; i < nitems(signs); i++)
		if (signs[i].code == code)
			return signs[i].ascii;
	if (code >= 0x2500 && code < 0x2580)
		return '+';
	text[utf8_put(code, text)] = '\0';
	text_fold(text, strlen(text), folded, sizeof(folded));
	if (folded[0] < 'A' || folded[0] > 'Z')
		return '?';
	text_upper(text, strlen(text), upper, sizeof(upper));
	return strcmp(upper, text) == 0 ? folded[0] :
	    (char)(folded[0] - 'A' + 'a');
}

const char *
screen_check_words(enum language language)
{
	words_use(language);
	for (size_t i = 0; i < nitems(verdicts); i++) {
		int width = bigtext_width(_(verdicts[i]));

		if (width < 0)
			return _("a verdict word holds a character without a large letter");
		if (width > SCREEN_COLS - 4)
			return _("a verdict word is too wide for 80 columns");
	}
	return "";
}

/* "2 new messages, 1 URGENT (M)", or what the urgent one says. Never beside
 * a verdict: who stands there comes first. */
void
word_messages(const struct view *view, char out[VIEW_TEXT_MAX])
{
	int n;

	out[0] = '\0';
	if (view->messages_new == 0 || view->citizen)
		return;
	n = snprintf(out, VIEW_TEXT_MAX, ngettext("%d new message",
	    "%d new messages", (unsigned long)view->messages_new),
	    view->messages_new);
	if (view->messages_urgent > 0)
		n += snprintf(out + n, VIEW_TEXT_MAX - (size_t)n,
		    _(", %d URGENT"), view->messages_urgent);
	n += snprintf(out + n, VIEW_TEXT_MAX - (size_t)n, " (M)");
	if (view->messages_urgent > 0)
		snprintf(out + n, VIEW_TEXT_MAX - (size_t)n, ": %.200s",
		    view->urgent);
}
