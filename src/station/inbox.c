/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbox - what the hub wrote to this post and who has read it. Pure.
 *
 * Read means that its last line stood on the screen while the officer was on
 * duty: opening a long message and closing it again is no receipt.
 */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY "-"

/* ---- what the roster tells ----------------------------------------------------------- */

void
inbox_clear(struct inbox *inbox)
{
	for (size_t i = 0; i < inbox->n; i++)
		free(inbox->list[i].text);
	inbox->n = inbox->total = 0;
	inbox->nread = inbox->next_read = 0;
}

static void
note_read(struct inbox *inbox, const char *mark, const char *officer)
{
	struct inbox_read *read = &inbox->read[inbox->next_read];

	snprintf(read->mark, sizeof(read->mark), "%s", mark);
	snprintf(read->officer, sizeof(read->officer), "%s", officer);
	inbox->next_read = (inbox->next_read + 1) % INBOX_READ_MAX;
	if (inbox->nread < INBOX_READ_MAX)
		inbox->nread++;
}

/* A word, over several lines where it is wider than one (an address of the
 * web): nothing of a message is cut off. Gives the column after it. */
static int
lay_word(FILE *out, const char *word, int column)
{
	int width = text_columns(word);

	if (column > 0 && column + 1 + width > INBOX_COLUMNS)
		column = 0, fputc('\n', out);
	else if (column > 0)
		column++, fputc(' ', out);
	for (; width > INBOX_COLUMNS && *word != '\0'; word++) {
		bool letter = ((unsigned char)*word & 0xC0) != 0x80;

		if (letter && column >= INBOX_COLUMNS / 2)
			column = 0, fputc('\n', out);
		column += letter;
		fputc(*word, out);
	}
	fputs(word, out);
	return width > INBOX_COLUMNS ? column : column + width;
}

/* Clean lines that fit the window. */
static char *
lay_out(const char *bytes, size_t n)
{
	const char *at = bytes, *end = bytes + n;
	size_t size = 0;
	char *text = NULL;
	FILE *out = mem_stream(&text, &size);

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline != NULL ? newline : end) - at);
		char clean[REGISTER_MESSAGE_TEXT_MAX + 1], *rest = clean, *word;
		int column = 0;

		text_clean(at, len, clean, sizeof(clean));
		while ((word = strsep(&rest, " ")) != NULL)
			column = lay_word(out, word, column);
		fputc('\n', out);
		at += len + (newline != NULL);
	}
	fclose(out);
	return text;
}

static void
add(struct inbox *inbox, const struct inbox_message *m)
{
	size_t at = inbox->n;

	/* Urgent ones first, else as the hub sent them. */
	while (m->urgent && at > 0 && !inbox->list[at - 1].urgent)
		at--;
	memmove(&inbox->list[at + 1], &inbox->list[at],
	    (inbox->n - at) * sizeof(*m));
	inbox->list[at] = *m;
	inbox->n++;
}

/* "MARK URGENT PUBLISHED NAME HEX" */
static void
take_message(struct inbox *inbox, char *words)
{
	unsigned char text[REGISTER_MESSAGE_TEXT_MAX];
	const char *mark = strsep(&words, " "), *urgent = strsep(&words, " ");
	const char *published = strsep(&words, " ");
	const char *name = strsep(&words, " ");
	struct inbox_message m = { .told = false };
	ssize_t len;

	if (words == NULL || inbox->n == REGISTER_MESSAGES_MAX ||
	    strlen(mark) >= sizeof(m.mark) || strlen(name) >= sizeof(m.name))
		return;
	m.told = strcmp(words, "-") != 0;
	len = m.told ? hex_parse(words, strlen(words), text, sizeof(text)) : 0;
	if (len < 0)
		return;
	strcpy(m.mark, mark);
	text_clean(name, strlen(name), m.name, sizeof(m.name));
	m.urgent = strcmp(urgent, "1") == 0;
	m.published = strtoll(published, NULL, 10);
	m.text = lay_out((const char *)text, (size_t)len);
	add(inbox, &m);
}

bool
inbox_line(struct inbox *inbox, char *line)
{
	char *words = strchr(line, ' ');

	if (words == NULL)
		return false;
	words++;
	if (strncmp(line, "messages ", 9) == 0) {
		inbox_clear(inbox);
		inbox_open(inbox);
		inbox->total = strtoul(words, NULL, 10);
	} else if (strncmp(line, "message ", 8) == 0) {
		take_message(inbox, words);
	} else if (strncmp(line, "read ", 5) == 0) {
		const char *mark = strsep(&words, " ");

		if (words != NULL)
			note_read(inbox, mark, words);
	} else {
		return false;
	}
	return true;
}

/* ---- who has read what --------------------------------------------------------------- */

static bool
was_read(const struct inbox *inbox, size_t i, const char *officer)
{
	const char *who = officer[0] != '\0' ? officer : NOBODY;

	for (size_t k = 0; k < inbox->nread; k++)
		if (strcmp(inbox->read[k].mark, inbox->list[i].mark) == 0 &&
		    strcmp(inbox->read[k].officer, who) == 0)
			return true;
	return false;
}

size_t
inbox_new(const struct inbox *inbox, const char *officer, size_t *urgent)
{
	size_t n = 0;

	*urgent = 0;
	for (size_t i = 0; i < inbox->n; i++)
		if (!was_read(inbox, i, officer)) {
			n++;
			*urgent += inbox->list[i].urgent;
		}
	return n;
}

/* The first line that says something; of one too long its name. */
static void
subject(const struct inbox_message *m, char out[VIEW_TEXT_MAX])
{
	const char *text = m->text + strspn(m->text, "\n");
	int n = (int)strcspn(text, "\n");

	if (n == 0)
		snprintf(out, VIEW_TEXT_MAX, "%s", m->name);
	else
		text_clean(text, (size_t)n, out, VIEW_TEXT_MAX);
}

bool
inbox_urgent(const struct inbox *inbox, const char *officer,
    char out[VIEW_TEXT_MAX])
{
	for (size_t i = 0; i < inbox->n; i++)
		if (inbox->list[i].urgent && !was_read(inbox, i, officer)) {
			subject(&inbox->list[i], out);
			return true;
		}
	return false;
}

void
inbox_keep(const struct inbox *inbox, char *out, size_t size)
{
	size_t first = inbox->nread < INBOX_READ_MAX ? 0 : inbox->next_read;
	size_t at = 0;

	out[0] = '\0';
	for (size_t k = 0; k < inbox->nread && at + 64 < size; k++) {
		const struct inbox_read *read =
		    &inbox->read[(first + k) % INBOX_READ_MAX];

		for (size_t i = 0; i < inbox->n; i++)
			if (strcmp(inbox->list[i].mark, read->mark) == 0) {
				at += (size_t)snprintf(out + at, size - at,
				    "%s %s\n", read->mark, read->officer);
				break;
			}
	}
}

/* ---- keys ------------------------------------------------------------------------------ */

void
inbox_open(struct inbox *inbox)
{
	inbox->top = inbox->open = inbox->row = 0;
}

const struct inbox_message *
inbox_at_hand(const struct inbox *inbox)
{
	return &inbox->list[inbox->open - 1];
}

static size_t
rows_of(const struct inbox_message *m)
{
	size_t n = 0;

	for (const char *at = m->text; (at = strchr(at, '\n')) != NULL; at++)
		n++;
	return n;
}

/* One that a screen does not take cannot be read here. */
static enum inbox_result
shown(struct inbox *inbox, const char *officer)
{
	const struct inbox_message *m = inbox_at_hand(inbox);

	if (!m->told || inbox->row + INBOX_ROWS < rows_of(m) ||
	    was_read(inbox, inbox->open - 1, officer))
		return INBOX_STAY;
	note_read(inbox, m->mark, officer[0] != '\0' ? officer : NOBODY);
	return INBOX_READ;
}

static enum inbox_result
turn(struct inbox *inbox, int by, const char *officer)
{
	size_t *at = inbox->open > 0 ? &inbox->row : &inbox->top;
	size_t step = inbox->open > 0 ? INBOX_ROWS : INBOX_CHOICES;
	size_t n = inbox->open > 0 ? rows_of(inbox_at_hand(inbox)) : inbox->n;

	if (by > 0 && *at + step < n)
		*at += step;
	else if (by < 0)
		*at = *at > step ? *at - step : 0;
	return inbox->open > 0 ? shown(inbox, officer) : INBOX_STAY;
}

enum inbox_result
inbox_input(struct inbox *inbox, const struct input *input,
    const char *officer)
{
	size_t n = input->character[0] >= '1' && input->character[0] <= '9' ?
	    (size_t)(input->character[0] - '0') : 0;

	if (input->action == ACTION_DOWN || input->action == ACTION_ENTER)
		return turn(inbox, 1, officer);
	if (input->action == ACTION_UP)
		return turn(inbox, -1, officer);
	if (inbox->open > 0) {
		if (input->action == ACTION_ESCAPE)
			inbox->open = inbox->row = 0;
		return INBOX_STAY;
	}
	if (n > 0 && inbox->top + n <= inbox->n) {
		inbox->open = inbox->top + n;
		inbox->row = 0;
		return shown(inbox, officer);
	}
	return input->action == ACTION_ESCAPE ? INBOX_CLOSE : INBOX_STAY;
}

/* ---- the window ------------------------------------------------------------------------ */

static void
when(const struct inbox_message *m, int utc_offset_s, char out[32])
{
	struct calendar c = calendar_at(m->published, utc_offset_s);

	snprintf(out, 32, "%02d/%02d %02d:%02d", c.day, c.month, c.hour,
	    c.minute);
}

static void
list_panel(const struct inbox *inbox, const char *officer, int utc_offset_s,
    struct view_panel *panel)
{
	char text[VIEW_TEXT_MAX], at[32];

	if (inbox->n == 0)
		snprintf(panel->lines[panel->nlines++], VIEW_TEXT_MAX, "%s",
		    _("The hub wrote nothing"));
	for (size_t i = inbox->top; i < inbox->n &&
	    panel->nchoices < INBOX_CHOICES; i++) {
		const struct inbox_message *m = &inbox->list[i];
		size_t k = panel->nchoices++;

		when(m, utc_offset_s, at);
		subject(m, text);
		panel->choices[k].key = (char)('1' + k);
		snprintf(panel->choices[k].text, VIEW_TEXT_MAX, "%s %s  %s%s",
		    was_read(inbox, i, officer) ? " " : "*", at, m->urgent ?
		    _("URGENT  ") : "", text);
	}
	if (inbox->top + INBOX_CHOICES < inbox->n)
		snprintf(panel->problem, sizeof(panel->problem),
		    _("%zu more: arrow down"), inbox->n - inbox->top -
		    INBOX_CHOICES);
	else if (inbox->total > inbox->n)
		snprintf(panel->problem, sizeof(panel->problem),
		    _("%zu more: chot register messages"), inbox->total -
		    inbox->n);
}

static void
text_panel(const struct inbox *inbox, int utc_offset_s,
    struct view_panel *panel)
{
	const struct inbox_message *m = inbox_at_hand(inbox);
	const char *at = m->text;
	size_t rows = rows_of(m);
	char time[32];

	when(m, utc_offset_s, time);
	snprintf(panel->title, sizeof(panel->title), "%s%s", m->urgent ?
	    _("URGENT  ") : "", time);
	for (size_t row = 0; row < rows && row < inbox->row + INBOX_ROWS;
	    row++) {
		size_t n = strcspn(at, "\n");

		if (row >= inbox->row)
			text_clean(at, n, panel->lines[panel->nlines++],
			    VIEW_TEXT_MAX);
		at += n + 1;
	}
	if (!m->told)
		snprintf(panel->problem, sizeof(panel->problem), "%s",
		    _("Too long for here: chot register messages"));
	else if (inbox->row + INBOX_ROWS < rows)
		snprintf(panel->problem, sizeof(panel->problem), "%s",
		    _("It goes on: arrow down, or Enter"));
}

void
inbox_panel(const struct inbox *inbox, const char *officer, int utc_offset_s,
    struct view_panel *panel)
{
	snprintf(panel->title, sizeof(panel->title), "%s",
	    _("Messages of the hub"));
	if (inbox->open == 0)
		list_panel(inbox, officer, utc_offset_s, panel);
	else
		text_panel(inbox, utc_offset_s, panel);
}
