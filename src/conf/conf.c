/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf - reads a configuration file into struct conf.
 *
 * The one file that knows libconfuse. Every value is checked while its line
 * is being parsed, so that errors name it; the fields are filled from the
 * finished tree. libconfuse would take some broken files in silence (a
 * section without its end, an option or section given twice): those are
 * refused here, and what its lexer does by surprise in prepare.c.
 */
#include "parts.h"

#include <confuse.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (256u * 1024)
#define SECTION_OPTIONS_MAX 24
#define SYSTEM_FILE "/etc/chot/chot.conf"

/* Stands after the last line of every text; it is only seen at the top level
 * when everything before it was closed. */
#define SENTINEL "end-of-file"

static const char *const sections[] = { "station", "lane", "hub" };

struct parse {
	const char *name; /* of the file, for errors */
	int lines;        /* of the text; the sentinel comes after them */
	bool ended;       /* the sentinel was seen */
	struct err *err;
	bool failed;      /* the first error is the one that is kept */
};

static void
fail(struct parse *parse, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
fail(struct parse *parse, int line, const char *format, ...)
{
	char words[ERR_TEXT_MAX];
	va_list ap;

	if (parse->failed)
		return;
	parse->failed = true;
	va_start(ap, format);
	vsnprintf(words, sizeof(words), format, ap);
	va_end(ap);
	if (line > parse->lines)
		line = parse->lines;
	err_set(parse->err, ERR_SETUP, "%s:%d: %s", parse->name,
	    line < 1 ? 1 : line, words);
}

/*
 * libconfuse hands its callbacks no pointer of ours. All options here are
 * strings, so the numeric default of an option is free to carry it.
 */
static struct parse *
parse_of(cfg_t *cfg)
{
	return (struct parse *)cfg->opts[0].def.number;
}

static void
on_error(cfg_t *cfg, const char *format, va_list ap)
{
	struct parse *parse = parse_of(cfg);
	char words[ERR_TEXT_MAX];

	vsnprintf(words, sizeof(words), format, ap);
	/* The sentinel where an option was expected: a brace is missing. */
	if (strstr(words, SENTINEL) != NULL && cfg->line > parse->lines)
		snprintf(words, sizeof(words), "premature end of file");
	fail(parse, cfg->line, "%s", words);
}

/* Checks one value as its line is read. */
static int
on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct parse *parse = parse_of(cfg);
	bool root = strcmp(cfg->name, "root") == 0;
	const struct option *option = option_find(root ? "" : cfg->name,
	    opt->name);
	struct err err = { .kind = ERR_NONE };

	*(const char **)result = value;
	if (option == NULL) { /* the sentinel, ours or somebody's */
		parse->ended = cfg->line > parse->lines;
		if (!parse->ended)
			fail(parse, cfg->line, _("no such option '%s'"),
			    opt->name);
		return parse->ended ? 0 : -1;
	}
	if (cfg->line > parse->lines && strcmp(value, SENTINEL) == 0) {
		fail(parse, cfg->line, _("premature end of file"));
		return -1;
	}
	/* A list gets its values one by one; the first starts it anew. */
	if (opt->def.boolean && opt->nvalues == 1) {
		fail(parse, cfg->line, _("%s is given twice"), opt->name);
		return -1;
	}
	opt->def.boolean = cfg_true;
	if (option_lists(option) && opt->nvalues > CONF_DEVICES_MAX)
		err_set(&err, ERR_SETUP, option->type == OPTION_DEVICES ?
		    _("%s has more than %d devices") :
		    _("%s has more than %d commands"), opt->name,
		    CONF_DEVICES_MAX);
	else if (option_set(option, value, NULL, &err) == 0)
		return 0;
	fail(parse, cfg->line, "%s", err.text);
	return -1;
}

/* Fills opts with the options of a section; returns how many there are. */
static size_t
make_section(const char *section, struct parse *parse, cfg_opt_t *opts)
{
	size_t n = 0;

	for (size_t i = 0; i < noptions; i++) {
		if (strcmp(options[i].section, section) != 0)
			continue;
		if (option_lists(&options[i]))
			opts[n] = (cfg_opt_t)CFG_STR_LIST_CB(options[i].name,
			    NULL, CFGF_NODEFAULT, on_value);
		else
			opts[n] = (cfg_opt_t)CFG_STR_CB(options[i].name, NULL,
			    CFGF_NODEFAULT, on_value);
		opts[n++].def.number = (long)parse;
	}
	opts[n] = (cfg_opt_t)CFG_END();
	return n;
}

/* Whether the tree has everything once that may be there once. */
static void
check_tree(cfg_t *cfg, struct parse *parse)
{
	for (size_t i = 0; i < nitems(sections); i++) {
		unsigned n = cfg_size(cfg, sections[i]);
		bool lane = strcmp(sections[i], "lane") == 0;
		cfg_t *last = n == 0 ? NULL :
		    cfg_getnsec(cfg, sections[i], n - 1);

		if (lane && n > CONF_LANES_MAX)
			fail(parse, last->line, _("more than %d lanes"),
			    CONF_LANES_MAX);
		if (!lane && n > 1)
			fail(parse, last->line, _("%s is given twice"),
			    sections[i]);
		for (unsigned k = 0; lane && k < n; k++) {
			const struct option title = { .name = "a lane's title",
			    .type = OPTION_TEXT, .size = CONF_NAME_MAX };
			struct err err;
			cfg_t *one = cfg_getnsec(cfg, "lane", k);

			if (one->title[0] == '\0')
				fail(parse, one->line,
				    _("a lane without a title"));
			else if (option_set(&title, one->title, NULL,
			    &err) < 0)
				fail(parse, one->line, "%s", err.text);
		}
	}
}

/* Puts the given values of one section into its struct. */
static void
fill(cfg_t *cfg, const char *section, void *base)
{
	for (size_t i = 0; i < noptions; i++) {
		unsigned n;

		if (strcmp(options[i].section, section) != 0)
			continue;
		n = cfg_size(cfg, options[i].name);
		/* They were checked when their lines were read. */
		for (unsigned k = 0; k < n; k++)
			if (cfg_getnstr(cfg, options[i].name, k) != NULL)
				option_set(&options[i], cfg_getnstr(cfg,
				    options[i].name, k), base, NULL);
	}
}

static void
fill_all(cfg_t *cfg, const struct conf_lane *model, struct conf *conf)
{
	fill(cfg, "", conf);
	if (cfg_size(cfg, "station") > 0)
		fill(cfg_getnsec(cfg, "station", 0), "station", conf);
	if (cfg_size(cfg, "lane") > 0)
		conf->nlanes = 0;
	for (unsigned i = 0; i < cfg_size(cfg, "lane"); i++) {
		struct conf_lane *lane = &conf->lanes[conf->nlanes++];
		cfg_t *section = cfg_getnsec(cfg, "lane", i);

		*lane = *model;
		strcpy(lane->title, section->title);
		fill(section, "lane", lane);
	}
	if (cfg_size(cfg, "hub") > 0) {
		conf->hub.present = true;
		fill(cfg_getnsec(cfg, "hub", 0), "hub", &conf->hub);
	}
}

/* Parse a text over what is already in conf. model is a lane's defaults. */
static int
parse_text(char *text, size_t n, const struct conf_lane *model,
    struct conf *conf, struct parse *parse)
{
	cfg_opt_t station[SECTION_OPTIONS_MAX], lane[SECTION_OPTIONS_MAX],
	    hub[SECTION_OPTIONS_MAX], root[SECTION_OPTIONS_MAX];
	struct err err = { .kind = ERR_NONE };
	char *whole = NULL;
	size_t at;
	cfg_t *cfg;

	if (prepare(text, n, &parse->lines, &err) < 0) {
		fail(parse, parse->lines, "%s", err.text);
		return -1;
	}
	if (n > 0 && text[n - 1] == '\n')
		parse->lines--;
	at = make_section("", parse, root);
	make_section("station", parse, station);
	make_section("lane", parse, lane);
	make_section("hub", parse, hub);
	root[at++] = (cfg_opt_t)CFG_SEC("station", station, CFGF_MULTI);
	root[at++] = (cfg_opt_t)CFG_SEC("lane", lane,
	    CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	root[at++] = (cfg_opt_t)CFG_SEC("hub", hub, CFGF_MULTI);
	root[at++] = (cfg_opt_t)CFG_STR_CB(SENTINEL, NULL, CFGF_NODEFAULT,
	    on_value);
	root[at] = (cfg_opt_t)CFG_END();

	cfg = cfg_init(root, CFGF_NONE);
	if (cfg == NULL || asprintf(&whole, "%s%s" SENTINEL " = x\n", text,
	    n > 0 && text[n - 1] == '\n' ? "" : "\n") < 0)
		mem_none();
	cfg_set_error_function(cfg, on_error);
	if (cfg_parse_buf(cfg, whole) != CFG_SUCCESS)
		fail(parse, cfg->line, _("not a configuration"));
	else
		check_tree(cfg, parse);
	if (!parse->failed)
		fill_all(cfg, model, conf);
	cfg_free(cfg);
	free(whole);
	return parse->failed ? -1 : 0;
}

/* The defaults as a file; the caller frees it. */
static char *
default_text(size_t *n)
{
	char *text = NULL;
	const char *open = "";
	FILE *out = mem_stream(&text, n);

	for (size_t i = 0; i < noptions; i++) {
		if (strcmp(options[i].section, open) != 0) {
			fprintf(out, "%s%s %s{\n", open[0] == '\0' ? "" : "}\n",
			    options[i].section,
			    strcmp(options[i].section, "lane") == 0 ?
			    "\"1\" " : "");
			open = options[i].section;
		}
		fprintf(out, "%s\n", options[i].line);
	}
	fprintf(out, "}\n");
	fclose(out);
	return text;
}

void
conf_read_defaults(struct conf *conf)
{
	struct parse parse = { .name = "defaults" };
	static const struct conf_lane empty;
	size_t n;
	char *text = default_text(&n);
	int done;

	memset(conf, 0, sizeof(*conf));
	done = parse_text(text, n, &empty, conf, &parse);
	free(text);
	if (done < 0)
		mem_none(); /* or a row of options[] is wrong: the tests see it */
	conf->hub.present = false;
}

/* ---- files ---------------------------------------------------------------- */

static void
join(char *path, const char *directory)
{
	char whole[CONF_PATH_MAX];

	if (path[0] == '\0' || path[0] == '/')
		return;
	/* Too long stays relative and is refused by whoever opens it. */
	if (snprintf(whole, sizeof(whole), "%s/%s", directory, path) <
	    (int)sizeof(whole))
		strcpy(path, whole);
}

/* A device with a relative path: the path is relative to the file, too. */
static void
join_device(char *text, const char *directory)
{
	static const char *const with_path[] = { "serial:", "v4l2:", "images:",
	    "y4m:", "trace:", "lp:" };
	char whole[CONF_DEVICE_MAX];

	for (size_t i = 0; i < nitems(with_path); i++) {
		size_t n = strlen(with_path[i]);

		if (strncmp(text, with_path[i], n) == 0 && text[n] != '/' &&
		    snprintf(whole, sizeof(whole), "%s%s/%s", with_path[i],
		    directory, text + n) < (int)sizeof(whole)) {
			strcpy(text, whole);
			return;
		}
	}
}

static void
make_absolute(const char *file, struct conf *conf)
{
	char directory[PATH_MAX], *slash;
	void *bases[] = { conf, &conf->hub };

	if (realpath(file, directory) == NULL ||
	    (slash = strrchr(directory, '/')) == NULL)
		return;
	*slash = '\0';
	for (size_t i = 0; i < noptions; i++)
		if (options[i].type == OPTION_PATH &&
		    strcmp(options[i].section, "lane") != 0)
			join((char *)bases[strcmp(options[i].section,
			    "hub") == 0] + options[i].at, directory);
	for (size_t i = 0; i < conf->nlanes; i++)
		for (size_t k = 0; k < noptions; k++) {
			struct conf_devices *devices =
			    (void *)((char *)&conf->lanes[i] + options[k].at);

			if (options[k].type == OPTION_PATH &&
			    strcmp(options[k].section, "lane") == 0)
				join((char *)devices, directory);
			if (options[k].type != OPTION_DEVICES)
				continue;
			for (size_t d = 0; d < devices->count; d++)
				join_device(devices->device[d], directory);
		}
}

/* "$VARIABLE/chot" or "$HOME/fallback/chot" into out. */
static void
xdg(const char *variable, const char *fallback, char *out, size_t capacity)
{
	const char *given = getenv(variable), *home = getenv("HOME");

	if (given != NULL && given[0] == '/')
		snprintf(out, capacity, "%s/chot", given);
	else
		snprintf(out, capacity, "%s/%s/chot",
		    home == NULL ? "" : home, fallback);
}

static int
require(const struct conf *conf, const struct parse *parse, struct err *err)
{
	if (conf->id[0] == '\0')
		return err_set(err, ERR_SETUP,
		    _("%s:1: the station has no id"), parse->name);
	if (conf->hub.present && conf->hub.url[0] == '\0')
		return err_set(err, ERR_SETUP,
		    _("%s:1: the hub has no url"), parse->name);
	return 0;
}

static int
load_file(const char *path, struct conf *conf, struct err *err)
{
	struct parse parse = { .name = path, .err = err };
	struct conf_lane model = conf->lanes[0];
	size_t n;
	char *text = file_read(path, FILE_MAX, &n, err);
	int done;

	if (text == NULL) {
		if (err != NULL)
			err->kind = ERR_SETUP;
		return -1;
	}
	done = parse_text(text, n, &model, conf, &parse);
	free(text);
	if (done < 0 || require(conf, &parse, err) < 0)
		return -1;
	make_absolute(path, conf);
	return 0;
}

int
conf_read(const char *path, struct conf *conf, struct err *err)
{
	char own[CONF_PATH_MAX];

	conf_read_defaults(conf);
	if (path == NULL && access(SYSTEM_FILE, F_OK) == 0)
		path = SYSTEM_FILE;
	if (path != NULL)
		return load_file(path, conf, err);
	xdg("XDG_CONFIG_HOME", ".config", own, sizeof(own) -
	    strlen("/chot.conf"));
	strcat(own, "/chot.conf");
	if (access(own, F_OK) < 0)
		return err_set(err, ERR_SETUP,
		    _("no configuration: neither %s nor %s; "
		    "chot config template prints one"), SYSTEM_FILE, own);
	/* Somebody's own post: its files are his own, too. */
	xdg("XDG_STATE_HOME", ".local/state", conf->state,
	    sizeof(conf->state));
	xdg("XDG_RUNTIME_DIR", ".cache", conf->run, sizeof(conf->run));
	return load_file(own, conf, err);
}
