/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fhir - the bundle of a SMART Health Card: one patient, immunizations and
 * laboratory results. Resources of other kinds are left alone.
 */
#include "parts.h"

#include <stdio.h>
#include <string.h>

static const char *
string_at(const struct node *node, const char *key)
{
	return node_string(node_get(node, key));
}

static void
put(struct credential *out, const char *name, const char *text)
{
	if (text != NULL && !put_string(out, name, text))
		warn(out, "field-too-long");
}

/* The first code of a CodeableConcept, NULL: none. */
static const char *
code_of(const struct node *concept)
{
	return string_at(node_nth(node_get(concept, "coding"), 0), "code");
}

static bool
read_patient(const struct node *patient, struct credential *out)
{
	const struct node *name = node_nth(node_get(patient, "name"), 0);
	const struct node *given = node_get(name, "given");
	const char *family = string_at(name, "family");
	const char *birth = string_at(patient, "birthDate");
	const char *gender = string_at(patient, "gender");
	char text[CREDENTIAL_TEXT_MAX] = "";
	size_t used = 0;

	if (family != NULL)
		used = (size_t)snprintf(text, sizeof(text), "%s", family);
	for (const struct node *at = given != NULL ? given->first : NULL;
	    at != NULL && used < sizeof(text); at = at->next)
		if (node_string(at) != NULL)
			used += (size_t)snprintf(text + used,
			    sizeof(text) - used, " %s", node_string(at));
	if (used >= sizeof(text) || !put_text(out, out->name,
	    sizeof(out->name), text, used))
		warn(out, "field-too-long");
	if (gender != NULL && (strcmp(gender, "male") == 0 ||
	    strcmp(gender, "female") == 0))
		snprintf(out->sex, sizeof(out->sex), "%s", gender);
	return out->name[0] != '\0' && birth != NULL &&
	    date_from_iso(birth, strlen(birth), out->birth);
}

struct doses {
	int count;
	char last[11];
	const char *product;
};

static bool
read_immunization(const struct node *resource, struct doses *doses)
{
	const char *status = string_at(resource, "status");
	const char *when = string_at(resource, "occurrenceDateTime");
	char date[11];

	if (when == NULL || !date_from_iso(when, strlen(when), date))
		return false;
	if (status == NULL || strcmp(status, "completed") != 0)
		return true; /* a dose that was not given */
	doses->count++;
	if (strcmp(date, doses->last) >= 0) {
		memcpy(doses->last, date, sizeof(date));
		doses->product = code_of(node_get(resource, "vaccineCode"));
	}
	return true;
}

/* A result that was taken back, or is still to come, says nothing. */
static bool
stands(const struct node *resource)
{
	static const char *const words[] = { "final", "amended", "corrected" };
	const char *status = string_at(resource, "status");

	for (size_t i = 0; status != NULL && i < nitems(words); i++)
		if (strcmp(status, words[i]) == 0)
			return true;
	return false;
}

struct result {
	const char *sampled, *test, *code;
};

/* Of several results the latest counts, as of several doses. */
static bool
read_observation(const struct node *resource, struct result *latest)
{
	const struct node *value = node_get(resource, "valueCodeableConcept");
	const char *code = code_of(value);
	const char *sampled = string_at(resource, "effectiveDateTime");

	if (!stands(resource))
		return true;
	if (latest->sampled == NULL || (sampled != NULL &&
	    strcmp(sampled, latest->sampled) > 0))
		*latest = (struct result){ .sampled = sampled,
			.test = code_of(node_get(resource, "code")),
			.code = code };
	return code != NULL || string_at(resource, "valueString") != NULL;
}

static void
put_result(const struct result *result,
    const struct credential_context *context, struct credential *out)
{
	put(out, "test_sampled", result->sampled);
	put(out, "test_code", result->test);
	put(out, "test_result_code", result->code);
	put(out, "test_result", result->code == NULL ? NULL :
	    value_label(context, VALUES_TEST_RESULT, result->code));
}

static void
put_doses(const struct doses *doses, const struct credential_context *context,
    struct credential *out)
{
	const char *label;

	if (doses->count == 0)
		return;
	put_number(out, "doses", doses->count);
	put_string(out, "dose_date", doses->last);
	put(out, "vaccine_code", doses->product);
	label = doses->product == NULL ? NULL :
	    value_label(context, VALUES_CVX, doses->product);
	put(out, "product", label);
}

/* A card says nothing about its resources but how sure the identity is. */
static bool
meta_is_bare(const struct node *resource)
{
	const struct node *meta = node_get(resource, "meta");

	return meta == NULL || (meta->kind == NODE_MAP && meta->count == 2 &&
	    node_get(meta, "security") != NULL);
}

bool
fhir_read(const struct node *bundle, const struct credential_context *context,
    struct credential *out)
{
	const struct node *entries = node_get(bundle, "entry");
	struct result result = { 0 };
	struct doses doses = { 0 };
	int patients = 0;
	bool good = true;

	if (entries == NULL || entries->kind != NODE_ARRAY)
		return false;
	for (const struct node *at = entries->first; at != NULL; at = at->next) {
		const struct node *resource = node_get(at, "resource");
		const char *type = string_at(resource, "resourceType");

		if (type == NULL || !meta_is_bare(resource))
			good = false;
		if (type == NULL)
			continue;
		if (strcmp(type, "Patient") == 0)
			good &= ++patients == 1 && read_patient(resource, out);
		else if (strcmp(type, "Immunization") == 0)
			good &= read_immunization(resource, &doses);
		else if (strcmp(type, "Observation") == 0)
			good &= read_observation(resource, &result);
	}
	put_doses(&doses, context, out);
	put_result(&result, context, out);
	return good && patients == 1;
}
