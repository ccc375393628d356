/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chot key trust - which issuers' keys the post believes: import, list,
 * distrust and restore. A running station takes the change in by itself.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "credential.h"
#include "key_trust.h"
#include "station.h"

static void
print_at(int64_t at, char out[21])
{
	if (at != 0)
		time_print(at, out);
	else
		snprintf(out, 21, "-");
}

static int
import(const struct conf *conf, const struct key_trust_options *options,
    const char *path, struct err *err)
{
	struct issuers_import how = { .path = path, .signer = options->signer,
		.name = options->name, .force = options->force,
		.now = time(NULL) };
	struct issuers_source source;
	char at[21];

	if (issuers_import(conf->state, &how, &source, err) != 0)
		return -1;
	print_at(issuers_source_at(&source), at);
	printf(_("%s: %zu keys, %zu skipped, of %s\n"), source.name,
	    source.added, source.skipped, at);
	if (strcmp(source.form, "keys") != 0 && !source.checked)
		printf(_("%s: nobody's signature was checked; --signer FILE "
		    "does\n"), source.name);
	return 0;
}

/* ---- list ------------------------------------------------------------------------------ */

static void
list_sources(const struct issuers *ring)
{
	char at[21];

	for (size_t i = 0; i < ring->nsources; i++) {
		const struct issuers_source *source = &ring->sources[i];

		print_at(issuers_source_at(source), at);
		printf(_("# %s: %zu keys, %zu skipped, of %s, signature %s\n"),
		    source->name, source->added, source->skipped, at,
		    source->checked ? _("checked") : _("not checked"));
	}
}

static void
list_key(const struct credential_key *key, bool json)
{
	char until[21];

	print_at(key->not_after, until);
	if (!json) {
		printf("%-43s  %-2s  %-20s  %s%s%s\n", key->name,
		    key->country[0] != '\0' ? key->country : "-", until,
		    key->proves, key->is_authority ? " authority" : "",
		    key->distrusted ? _("  NOT TRUSTED") : "");
		return;
	}
	printf("{\"key\":\"%s\",\"country\":\"%s\",\"not_after\":\"%s\","
	    "\"proves\":\"%s\",\"authority\":%s,\"trusted\":%s}\n", key->name,
	    key->country, key->not_after != 0 ? until : "", key->proves,
	    key->is_authority ? "true" : "false",
	    key->distrusted ? "false" : "true");
}

static int
list(const struct conf *conf, const struct key_trust_options *options,
    const char *argument, struct err *err)
{
	struct issuers *ring = issuers_load(conf->state);
	int result = 0;

	(void)argument;
	if (!options->json)
		list_sources(ring);
	for (size_t i = 0; i < credential_trust_count(ring->trust); i++) {
		struct credential_key key;

		credential_trust_describe(ring->trust, i, &key);
		list_key(&key, options->json);
	}
	for (size_t i = 0; i < ring->ndistrusted && !options->json; i++)
		printf(_("# not trusted: %s\n"), ring->distrusted[i]);
	if (ring->fault[0] != '\0')
		result = err_set(err, ERR_SETUP, "%s", ring->fault);
	issuers_free(ring);
	return result;
}

/* ---- distrust, restore ------------------------------------------------------------------ */

static int
set_distrust(const struct conf *conf, const char *argument, bool on,
    struct err *err)
{
	char name[CREDENTIAL_KEY_NAME_MAX];
	struct issuers *ring;
	size_t keys;

	if (!credential_key_name(argument, name))
		return err_set(err, ERR_USAGE, _("\"%.60s\" names no country "
		    "(two letters) and no key"), argument);
	if (issuers_distrust(conf->state, name, on, err) != 0)
		return -1;
	ring = issuers_load(conf->state);
	keys = credential_trust_distrust(ring->trust, name);
	issuers_free(ring);
	if (on)
		printf(_("%s: %zu keys are not trusted any more\n"), name, keys);
	else
		printf(_("%s: %zu keys are trusted again\n"), name, keys);
	return 0;
}

static int
distrust(const struct conf *conf, const struct key_trust_options *options,
    const char *argument, struct err *err)
{
	(void)options;
	return set_distrust(conf, argument, true, err);
}

static int
restore(const struct conf *conf, const struct key_trust_options *options,
    const char *argument, struct err *err)
{
	(void)options;
	return set_distrust(conf, argument, false, err);
}

/* ---- which --------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	bool argument; /* exactly one, else none */
	int (*run)(const struct conf *conf,
	    const struct key_trust_options *options, const char *argument,
	    struct err *err);
} verbs[] = {
	{ "import", true, import },
	{ "list", false, list },
	{ "distrust", true, distrust },
	{ "restore", true, restore },
};

int
key_trust(const struct key_trust_options *options, char **words, int nwords)
{
	static struct conf conf; /* large: its lanes */
	struct err err = { .kind = ERR_NONE };
	size_t i = 0;

	while (nwords > 0 && i < nitems(verbs) &&
	    strcmp(verbs[i].name, words[0]) != 0)
		i++;
	if (nwords == 0 || i == nitems(verbs))
		return command_usage("key", _("trust takes import, list, "
		    "distrust or restore"));
	if (nwords - 1 != (verbs[i].argument ? 1 : 0))
		return command_usage("key", verbs[i].argument ?
		    _("trust %s takes one argument") :
		    _("trust %s takes no argument"), verbs[i].name);
	if (conf_load(options->config, &conf, &err) != 0 ||
	    verbs[i].run(&conf, options, verbs[i].argument ? words[1] : NULL,
	    &err) != 0)
		return command_fail(&err);
	return EX_OK;
}
