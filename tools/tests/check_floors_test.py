"""check_floors finds an include that it should not be."""

import pytest


def test_a_tree_that_keeps_its_floors_passes(tree):
    tree.plant("src/inlet/rest/client.cc", '#include "inlet/net/http.h"\n#include "inlet/base/error.h"\n')
    assert tree.run("check_floors") == (0, "")


VIOLATIONS = {
    "a higher floor": ("src/inlet/base/error.cc", '#include "inlet/net/http.h"', "may use only: nothing"),
    "a neighbour that is not listed": ("src/inlet/data/type.cc", '#include "inlet/net/http.h"', "net"),
    "an internal header": ("src/inlet/rest/client.cc", '#include "inlet/net/curl_internal.h"', "internal to net"),
    "a table from a connector": ("connectors/github/github.cc", '#include "inlet/delta/table.h"', "delta"),
    "a connector from the engine": ("src/inlet/rest/client.cc", '#include "connectors/github/github.h"', "src/"),
    "the testkit from the product": ("src/inlet/rest/client.cc", '#include "testkit/golden.h"', "for tests"),
    "a path that is not from the root": ("src/inlet/net/http.cc", '#include "http.h"', "include root"),
    "a library of another folder": ("src/inlet/data/type.cc", "#include <curl/curl.h>", "belongs to net"),
    "a library shown in a header": ("src/inlet/net/http.h", "#include <curl/curl.h>", ".cc files and"),
    "the wheel's library in the engine": ("src/inlet/net/http.cc", "#include <nanobind/nanobind.h>", "belongs to python"),
    "the wheel from the engine": ("src/inlet/net/http.cc", '#include "python/src/errors.h"', "of python/"),
    "a library that nobody owns": ("src/inlet/net/http.cc", "#include <boost/asio.hpp>", "no owner"),
    "the test framework in the product": ("src/inlet/net/http.cc", "#include <gtest/gtest.h>", "for tests"),
}


@pytest.mark.parametrize("violation", VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_planted_include_is_found(tree, violation):
    path, include, reason = violation
    tree.plant(path, "// a comment\n" + include + "\n")
    code, text = tree.run("check_floors")
    assert code == 1
    assert f"{path}:2: " in text and reason in text


def test_a_module_listed_before_what_it_uses_is_found(tree):
    tree.plant("CMakeLists.txt", "inlet_module(data USES inlet_base)\ninlet_module(base USES fmt::fmt)\n")
    code, text = tree.run("check_floors")
    assert code == 1 and "data uses base, which is not listed above it" in text
