/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theme - which colours a style has: theme files and the two built in.
 *
 * A theme never stops the post: a file that is missing or broken leaves the
 * built-in colours, and the caller is told why.
 */
#include "parts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define THEME_FILE_MAX 65536
#define THEME_LINE_MAX 200

static const char *const colours[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
};

static char *
trim(char *text)
{
	size_t n;

	text += strspn(text, " \t\r");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r", text[n - 1]) != NULL)
		text[--n] = '\0';
	return text;
}

/* "red", "bright-red", "0" to "255", "default". */
static int
colour_parse(const char *word, enum depth depth, int *colour)
{
	static const int most[] = { [DEPTH_8] = 15, [DEPTH_16] = 15,
		[DEPTH_256] = 255 };
	bool bright = strncmp(word, "bright-", 7) == 0;
	char *end;
	long number;

	if (strcmp(word, "default") == 0) {
		*colour = COLOUR_DEFAULT;
		return 0;
	}
	for (size_t i = 0; i < nitems(colours); i++) {
		if (strcmp(bright ? word + 7 : word, colours[i]) == 0) {
			*colour = (int)i + (bright ? 8 : 0);
			return 0;
		}
	}
	number = strtol(word, &end, 10);
	if (end == word || *end != '\0' || number < 0 || number > most[depth])
		return -1;
	*colour = (int)number;
	return 0;
}

/* "FG on BG [bold] [reverse]", or the attributes alone. */
static int
look_parse(char *text, enum depth depth, struct look *look, struct err *err)
{
	char *rest, *word = strtok_r(text, " \t", &rest);
	int n = 0;

	*look = (struct look){ COLOUR_DEFAULT, COLOUR_DEFAULT, false, false };
	for (; word != NULL; word = strtok_r(NULL, " \t", &rest), n++) {
		if (strcmp(word, "bold") == 0)
			look->bold = true;
		else if (strcmp(word, "reverse") == 0)
			look->reverse = true;
		else if (n == 0 && colour_parse(word, depth, &look->fg) == 0)
			continue;
		else if (n == 1 && strcmp(word, "on") == 0)
			continue;
		else if (n == 2 && colour_parse(word, depth, &look->bg) == 0)
			continue;
		else
			return err_set(err, ERR_SETUP,
			    "\"%s\" is no colour here; write FG on BG [bold] [reverse]",
			    word);
	}
	return 0;
}

static int
looks_parse(struct look *looks, char *text, struct err *err)
{
	char *rest = text;

	for (int depth = 0; depth < DEPTHS; depth++) {
		char *part = strsep(&rest, "|");

		if (part == NULL)
			looks[depth] = looks[depth - 1];
		else if (look_parse(trim(part), depth, &looks[depth], err) < 0)
			return -1;
	}
	if (rest != NULL)
		return err_set(err, ERR_SETUP,
		    "more than three looks: for 8, 16 and 256 colours");
	return 0;
}

static struct look *
find(struct theme *theme, const char *name)
{
	for (int i = 0; i < STYLE_COUNT; i++)
		if (strcmp(style_info(i)->name, name) == 0)
			return theme->looks[i];
	return NULL;
}

int
theme_line(struct theme *theme, const char *line, struct err *err)
{
	char copy[THEME_LINE_MAX], *name, *value;
	struct look looks[DEPTHS], *into;

	if (strlen(line) >= sizeof(copy))
		return err_set(err, ERR_SETUP, "line is too long");
	strcpy(copy, line);
	copy[strcspn(copy, "#")] = '\0';
	name = trim(copy);
	if (name[0] == '\0')
		return 0;
	value = strchr(name, '=');
	if (value == NULL)
		return err_set(err, ERR_SETUP, "write STYLE = LOOK");
	*value++ = '\0';
	name = trim(name);
	into = find(theme, name);
	if (into == NULL)
		return err_set(err, ERR_SETUP, "no style \"%s\"", name);
	if (looks_parse(looks, value, err) < 0)
		return -1;
	memcpy(into, looks, sizeof(looks));
	return 0;
}

int
theme_parse(struct theme *theme, const char *text, const char *name,
    struct err *err)
{
	struct theme parsed = *theme;
	int number = 1;

	for (const char *p = text; *p != '\0'; number++) {
		size_t n = strcspn(p, "\n");
		char line[THEME_LINE_MAX];

		if (n >= sizeof(line))
			return err_set(err, ERR_SETUP,
			    "%s:%d: line is too long", name, number);
		memcpy(line, p, n);
		line[n] = '\0';
		if (theme_line(&parsed, line, err) < 0)
			return err_within(err, "%s:%d", name, number);
		p += n + (p[n] == '\n');
	}
	*theme = parsed;
	return 0;
}

void
theme_init(struct theme *theme, bool mono)
{
	struct err err;

	for (int i = 0; i < STYLE_COUNT; i++) {
		const struct style_info *info = style_info(i);
		char text[THEME_LINE_MAX];

		snprintf(text, sizeof(text), "%s",
		    mono ? info->plain : info->colours);
		if (looks_parse(theme->looks[i], text, &err) < 0)
			abort(); /* the unit test reads the table first */
	}
}

static bool
is_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= 32 &&
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

int
theme_load(struct theme *theme, const char *name, struct err *err)
{
	const char *no_color = getenv("NO_COLOR"), *data = getenv("CHOT_DATA");
	bool mono = no_color != NULL && no_color[0] != '\0';
	char path[PATH_MAX], *text;
	size_t len;
	int rc;

	theme_init(theme, mono || strcmp(name, "mono") == 0);
	if (mono || name[0] == '\0')
		return 0;
	if (!is_name(name))
		return err_set(err, ERR_SETUP, "theme: not a name: letters, digits, -");
	if (data != NULL && data[0] != '\0')
		rc = snprintf(path, sizeof(path), "%s/themes/%s", data, name);
	else
		rc = snprintf(path, sizeof(path), "%s/%s", THEMEDIR, name);
	if (rc < 0 || (size_t)rc >= sizeof(path))
		return err_set(err, ERR_SETUP, "theme %s: path is too long", name);
	text = file_read(path, THEME_FILE_MAX, &len, err);
	if (text == NULL)
		return -1;
	if (strlen(text) != len)
		rc = err_set(err, ERR_SETUP, "%s: holds a NUL", path);
	else
		rc = theme_parse(theme, text, path, err);
	free(text);
	return rc;
}
