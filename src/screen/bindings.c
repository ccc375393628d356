/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bindings - which key does which action: the keys of the default, and lines
 * that name others.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

/* Letters are for every keyboard; the signs are those of a number pad. */
static const char *const default_keys[] = {
	"enter Enter",
	"let-pass C +",
	"turn-back Q -",
	"health-desk Y /",
	"hold G",
	"measure-again D *",
	"temperature N",
	"plate B",
	"declare K",
	"passport F",
	"logbook L",
	"search T",
	"charts E",
	"inside R",
	"surge S",
	"details X .",
	"undo U",
	"waiting H",
	"direction V",
	"lane Tab",
	"print I",
	"clock O",
	"devices J",
	"post P",
	"messages M",
	"lock Z",
	"help ? F1",
	"close Esc",
	"up Up",
	"down Down",
	"erase Backspace",
	"quit Ctrl-Q F10",
	"redraw Ctrl-L",
};

static const struct {
	const char *name;
	uint32_t press;
} presses[] = {
	{ "Enter", PRESS_ENTER }, { "Esc", PRESS_ESCAPE }, { "Up", PRESS_UP },
	{ "Down", PRESS_DOWN }, { "Backspace", PRESS_BACKSPACE },
	{ "Tab", PRESS_TAB }, { "F1", PRESS_F1 }, { "F10", PRESS_F10 },
};

/* ---- names of keys ---------------------------------------------------------- */

/* 0: no such key. */
static uint32_t
press_parse(const char *name)
{
	for (size_t i = 0; i < nitems(presses); i++)
		if (strcmp(presses[i].name, name) == 0)
			return presses[i].press;
	if (strncmp(name, "Ctrl-", 5) == 0 && name[5] >= 'A' &&
	    name[5] <= 'Z' && name[6] == '\0')
		return (uint32_t)name[5] & 0x1F;
	if (name[0] > ' ' && name[0] < 0x7F && name[1] == '\0' &&
	    !(name[0] >= 'a' && name[0] <= 'z'))
		return (uint32_t)name[0];
	return 0;
}

static void
press_print(uint32_t press, char *out, size_t capacity)
{
	for (size_t i = 0; i < nitems(presses); i++) {
		if (presses[i].press == press) {
			snprintf(out, capacity, "%s", presses[i].name);
			return;
		}
	}
	if (press < ' ')
		snprintf(out, capacity, "Ctrl-%c", (char)(press | 0x40));
	else
		snprintf(out, capacity, "%c", (char)press);
}

/* ---- what they do ------------------------------------------------------------ */

int
bindings_add(struct bindings *bindings, const char *line, struct err *err)
{
	char copy[80], *rest, *word;
	enum action action;

	if (strlen(line) >= sizeof(copy))
		return err_set(err, ERR_SETUP, "key line is too long");
	strcpy(copy, line);
	word = strtok_r(copy, " ", &rest);
	action = word != NULL ? action_find(word) : ACTION_NONE;
	if (action == ACTION_NONE)
		return err_set(err, ERR_SETUP, "no action \"%s\"",
		    word != NULL ? word : "");
	while ((word = strtok_r(NULL, " ", &rest)) != NULL) {
		uint32_t press = press_parse(word);

		if (press == 0)
			return err_set(err, ERR_SETUP, "no key \"%s\"", word);
		if (bindings_find(bindings, press) != ACTION_NONE)
			return err_set(err, ERR_SETUP, "key %s is taken", word);
		if (bindings->n == nitems(bindings->list))
			return err_set(err, ERR_SETUP, "too many keys");
		bindings->list[bindings->n++] = (struct binding){ press,
			action };
	}
	return 0;
}

void
bindings_init(struct bindings *bindings)
{
	struct err err;

	bindings->n = 0;
	for (size_t i = 0; i < nitems(default_keys); i++)
		if (bindings_add(bindings, default_keys[i], &err) < 0)
			abort(); /* the unit test reads the table first */
}

enum action
bindings_find(const struct bindings *bindings, uint32_t press)
{
	if (press >= 'a' && press <= 'z')
		press -= 'a' - 'A';
	for (size_t i = 0; i < bindings->n; i++)
		if (bindings->list[i].press == press)
			return bindings->list[i].action;
	return ACTION_NONE;
}

void
bindings_names(const struct bindings *bindings, enum action action,
    bool first, char *out, size_t capacity)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < bindings->n; i++) {
		char name[16];

		if (bindings->list[i].action != action ||
		    (first && len > 0))
			continue;
		press_print(bindings->list[i].press, name, sizeof(name));
		snprintf(out + len, capacity - len, "%s%s",
		    len > 0 ? " " : "", name);
		len = strlen(out);
	}
}
