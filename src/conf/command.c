/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command - "TITLE: /PATH WORD ...", a command of the site that a page offers.
 *
 * The words are split at blanks and nothing else is made of them: there is no
 * shell, so no quote, star or semicolon means anything.
 */
#include "parts.h"

#include <string.h>

int
conf_command(const char *text, struct conf_command *command, struct err *err)
{
	const char *colon = strstr(text, ": ");
	char *word, *rest;

	memset(command, 0, sizeof(*command));
	if (colon == NULL || colon == text ||
	    colon - text >= CONF_NAME_MAX)
		return err_set(err, ERR_SETUP,
		    _("a command is \"TITLE: /PATH WORD ...\""));
	memcpy(command->title, text, (size_t)(colon - text));
	if (strlen(colon + 2) >= sizeof(command->text))
		return err_set(err, ERR_SETUP, _("a command is too long"));
	strcpy(command->text, colon + 2);
	for (word = strtok_r(command->text, " ", &rest); word != NULL;
	    word = strtok_r(NULL, " ", &rest)) {
		if (command->nwords == COMMAND_WORDS_MAX)
			return err_set(err, ERR_SETUP,
			    _("a command has more than %d words"),
			    COMMAND_WORDS_MAX);
		command->words[command->nwords++] =
		    (size_t)(word - command->text);
	}
	if (command->nwords == 0 || command->text[command->words[0]] != '/')
		return err_set(err, ERR_SETUP,
		    _("a command begins with the whole path of its program"));
	return 0;
}
