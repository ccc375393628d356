/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REGISTER_LISTS_H
#define REGISTER_LISTS_H

#include "base.h"
#include "conf.h"

bool lists_in(const char *path); /* is it a bundle? */
int lists_import(const struct conf *conf, const char *path, bool json,
    struct err *err);
int lists_messages(const struct conf *conf, struct err *err);

int lists_import_officers(const struct conf *conf, const char *csv, bool add,
    void (*report)(void *arg, const char *line), void *arg, struct err *err);
/* Zones: an import, and what holds for a place now. */
int lists_import_zones(const struct conf *conf, const char *csv,
    int64_t made_at, void (*report)(void *arg, const char *line), void *arg,
    struct err *err);
int lists_zone(const struct conf *conf, const char *place, bool json,
    struct err *err);

#endif
