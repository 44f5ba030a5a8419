# signet - see README.md. GNU make; no configure step.
#
#   make [all]            build the tools into build/bin
#   make deps             install what building and testing need (Debian packages, npm)
#   make demo             make a key, seal a real file, open it, compare
#   make check            every test           make check-asan      with AddressSanitizer and UBSan
#   make check-valgrind   under valgrind       make lint            formats, warnings, rules of the house
#   make bench            speed beside peers   make install         PREFIX and DESTDIR as usual

VERSION = 0.1.0

PREFIX ?= /usr/local
DESTDIR ?=
bindir = $(PREFIX)/bin
libexecdir = $(PREFIX)/libexec/signet
mandir = $(PREFIX)/share/man
bashdir = $(PREFIX)/share/bash-completion/completions
zshdir = $(PREFIX)/share/zsh/site-functions
fishdir = $(PREFIX)/share/fish/vendor_completions.d

CC ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS ?= -O2 -g
LDFLAGS ?=
BUILD ?= build

# Ours; CFLAGS, CPPFLAGS and LDFLAGS stay the user's.
warnings = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
hardening = -fstack-protector-strong -fstack-clash-protection -fPIE
ifeq ($(SAN),)
fortify = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
else
sanitizers = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
our_cppflags = -D_GNU_SOURCE -Ilib -DSG_VERSION='"$(VERSION)"' -DSG_LIBEXEC='"$(libexecdir)"' \
	$(fortify) $(if $(POISON),-DSG_POISON)
our_cflags = -std=c11 $(warnings) $(if $(WERROR)$(CI),-Werror) $(hardening) $(sanitizers) \
	$(shell $(PKG_CONFIG) --cflags libsodium libargon2 2>/dev/null)
our_ldflags = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed $(sanitizers)
libs = $(shell $(PKG_CONFIG) --libs libsodium libargon2 2>/dev/null || echo -lsodium -largon2)

lib_src := $(wildcard lib/*/*.c)
common_src := $(wildcard cmd/common/*.c)
tools := keygen seal open
tool_src := $(foreach t,$(tools),$(wildcard cmd/$(t)/*.c))
unit_src := $(wildcard tests/unit/test_*.c)

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
library := $(BUILD)/libsignet.a
programs := $(addprefix $(BUILD)/bin/,signet $(tools))
unit_tests := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(unit_src))

ifeq ($(V),)
say = @printf '  %-7s %s\n' $(1) '$(patsubst $(BUILD)/%,%,$@)';
endif

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all deps demo check check-unit check-cli check-rules check-asan check-valgrind lint bench \
	completions install uninstall clean

all: $(programs)

$(BUILD)/obj/cmd/%.o: cmd/%.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(our_cppflags) -Icmd $(CPPFLAGS) $(our_cflags) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(our_cppflags) $(CPPFLAGS) $(our_cflags) $(CFLAGS) -MMD -MP -c -o $@ $<

$(library): $(call objects,$(lib_src))
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^

define tool_rule
$(BUILD)/bin/$(1): $(call objects,$(wildcard cmd/$(1)/*.c) $(common_src)) $(library)
endef
$(foreach t,$(tools),$(eval $(call tool_rule,$(t))))

$(BUILD)/bin/signet: $(call objects,cmd/signet/main.c cmd/common/options.c cmd/common/report.c) \
	$(library)

$(programs):
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(our_ldflags) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(libs)

-include $(patsubst %.o,%.d,$(call objects,$(lib_src) $(common_src) $(tool_src) cmd/signet/main.c))

clean:
	rm -rf build
