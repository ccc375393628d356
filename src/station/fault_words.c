/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fault_words - what a child complains of, in the language of the screen.
 *
 * Children speak English msgids, some with a value in it ("killed by signal
 * 9") and some behind a name ("/dev/ttyUSB0: Permission denied"). The value
 * and the name stay as they are; what is not known here stays English.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

#include "actuator.h"

/* Texts with one value, as the rooms compose them. */
static const char *const patterns[] = {
	N_("killed by signal %d"), N_("ended with status %d"),
	N_("silent for %lld s"), N_("%s cannot be run"),
	N_("the program %s"), N_("no connection: %s"),
	N_("no frame for %d s"),
};

/* What the system says of a device; only to have them in the catalogue. */
static const char *const system_words[] = {
	N_("No such file or directory"), N_("No such device"),
	N_("No such device or address"), N_("Permission denied"),
	N_("Device or resource busy"), N_("Input/output error"),
	N_("Connection refused"), N_("Connection timed out"),
	N_("Connection reset by peer"), N_("No route to host"),
	N_("No space left on device"), N_("Read-only file system"),
	N_("neither a port nor a pipe"), N_("not a port"),
	N_("not a camera"), N_("gone"),
};

/* Puts value into format in the place of its one %-sign. */
static void
fill_in(const char *format, const char *value, char *out, size_t size)
{
	const char *sign = strchr(format, '%');

	if (sign == NULL) { /* a translation without its value */
		snprintf(out, size, "%s %s", format, value);
		return;
	}
	snprintf(out, size, "%.*s%s%s", (int)(sign - format), format, value,
	    sign + 1 + strcspn(sign + 1, "ds") + 1);
}

static bool
matches(const char *pattern, const char *words, char *value, size_t size)
{
	size_t before = strcspn(pattern, "%"), n = strlen(words);
	const char *behind = pattern + before;
	size_t after;

	behind += 1 + strcspn(behind + 1, "ds") + 1;
	after = strlen(behind);
	if (n <= before + after || n - before - after >= size ||
	    strncmp(words, pattern, before) != 0 ||
	    strcmp(words + n - after, behind) != 0)
		return false;
	snprintf(value, size, "%.*s", (int)(n - before - after),
	    words + before);
	return true;
}

/* "WORDS, 3 times" */
static bool
repeated(const char *words, char *out, size_t size)
{
	const char *comma = strrchr(words, ',');
	char once[EVENT_WORDS_MAX], inner[EVENT_WORDS_MAX];
	unsigned times;
	int end = 0;

	if (comma == NULL || sscanf(comma, ", %u times%n", &times, &end) != 1 ||
	    end == 0 || comma[end] != '\0')
		return false;
	snprintf(once, sizeof(once), "%.*s", (int)(comma - words), words);
	fault_words(once, inner, sizeof(inner));
	snprintf(out, size, _("%s, %u times"), inner, times);
	return true;
}

/* In English these are their own translation. */
static bool
is_system_word(const char *words)
{
	for (size_t i = 0; i < nitems(system_words); i++)
		if (strcmp(words, _(system_words[i])) == 0)
			return true;
	return false;
}

/* Past "scanner: " or "printer: ": which one it is was said. */
static const char *
behind_role(const char *words, const char *tail)
{
	const char *roles[ROLE_PLATE + 1 + ACTUATOR_SOUND + 1];
	size_t n = 0;

	for (size_t i = 0; i <= ROLE_PLATE; i++)
		roles[n++] = reader_role_word((enum reader_role)i);
	for (size_t i = 0; i <= ACTUATOR_SOUND; i++)
		roles[n++] = actuator_role_word((enum actuator_role)i);
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(roles[i]);

		if (strncmp(words, roles[i], length) == 0 &&
		    words + length <= tail &&
		    strncmp(words + length, ": ", 2) == 0)
			return words + length + 2;
	}
	return words;
}

/* "scanner: /dev/ttyUSB0: No such device": the reason comes first, since
 * the line is short and names are long. */
static void
behind_a_name(const char *words, char *out, size_t size)
{
	char inner[EVENT_WORDS_MAX + 4], name[EVENT_WORDS_MAX];
	const char *tail = NULL, *colon = strstr(words, ": ");

	for (; colon != NULL; colon = strstr(colon + 2, ": "))
		tail = colon;
	if (tail == NULL)
		return;
	/* "%s: the register is damaged" is a text of its own. */
	snprintf(inner, sizeof(inner), "%%s%s", tail);
	if (strchr(tail, '%') == NULL && _(inner) != inner) {
		snprintf(name, sizeof(name), "%.*s", (int)(tail - words),
		    words);
		fill_in(_(inner), name, out, size);
		return;
	}
	fault_words(tail + 2, inner, sizeof(inner));
	if (strcmp(inner, tail + 2) == 0 && !is_system_word(inner))
		return;
	words = behind_role(words, tail);
	if (words < tail)
		snprintf(out, size, "%s (%.*s)", inner, (int)(tail - words),
		    words);
	else
		snprintf(out, size, "%s", inner);
}

void
fault_words(const char *words, char *out, size_t size)
{
	char value[EVENT_WORDS_MAX], inner[EVENT_WORDS_MAX];
	const char *said = words[0] != '\0' ? _(words) : words;

	snprintf(out, size, "%s", said);
	if (said != words || repeated(words, out, size))
		return;
	for (size_t i = 0; i < nitems(patterns); i++) {
		if (!matches(patterns[i], words, value, sizeof(value)))
			continue;
		fault_words(value, inner, sizeof(inner));
		fill_in(_(patterns[i]), inner, out, size);
		return;
	}
	behind_a_name(words, out, size);
}
