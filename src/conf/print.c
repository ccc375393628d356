/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print - a configuration, or a commented file to start from, printed from
 * options[] as conf_load() takes it back.
 */
#include "parts.h"

#include <string.h>

static void
print_section(const char *section, const void *base, FILE *out)
{
	for (size_t i = 0; i < noptions; i++) {
		if (strcmp(options[i].section, section) != 0)
			continue;
		if (section[0] != '\0')
			fputc('\t', out);
		option_print(&options[i], base, out);
		fputc('\n', out);
	}
	if (section[0] != '\0')
		fputs("}\n", out);
}

void
conf_print(const struct conf *conf, FILE *out)
{
	print_section("", conf, out);
	fputs("station {\n", out);
	print_section("station", conf, out);
	for (size_t i = 0; i < conf->nlanes; i++) {
		fputs("lane ", out);
		option_print_quoted(conf->lanes[i].title, out);
		fputs(" {\n", out);
		print_section("lane", &conf->lanes[i], out);
	}
	if (conf->hub.present) {
		fputs("hub {\n", out);
		print_section("hub", &conf->hub, out);
	}
}

/* One option with its comment. What must be given is not commented out. */
static void
print_option(const struct option *option, const char *off, FILE *out)
{
	const char *tab = option->section[0] == '\0' ? "" : "\t";

	fprintf(out, "%s%s# %s", off, tab, _(option->help));
	if (option->unit[0] != '\0')
		fprintf(out, "; %s", _(option->unit));
	if (option->min < option->max)
		fprintf(out, "; %g to %g", option->min, option->max);
	if (option->choices != NULL)
		fprintf(out, "; %s", option->choices);
	fprintf(out, "\n%s%s%s%s\n", off, tab, option->required ? "" : "# ",
	    option->example != NULL ? option->example : option->line);
}

void
conf_print_template(FILE *out)
{
	const char *open = "", *off = "";

	for (size_t i = 0; i < noptions; i++) {
		if (strcmp(options[i].section, open) != 0) {
			if (open[0] != '\0')
				fprintf(out, "%s}\n", off);
			open = options[i].section;
			/* A post without a hub is a whole post. */
			off = strcmp(open, "hub") == 0 ? "# " : "";
			fprintf(out, "\n%s%s %s{\n", off, open,
			    strcmp(open, "lane") == 0 ? "\"1\" " : "");
		}
		print_option(&options[i], off, out);
	}
	fprintf(out, "%s}\n", off);
}
