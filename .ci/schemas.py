"""Validates reports: schemas.py JUNIT_XSD FOLDER.

JUnit is held to an XML schema. No package carries a schema of GitLab's secret
detection report or of Code Quality; what they demand of the fields that we
write is here.
"""
import json
import pathlib
import re
import sys

from lxml import etree

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
URL = r"https?://.+"
SEVERITIES = {"Info", "Unknown", "Low", "Medium", "High", "Critical"}
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def need(condition, what):
    if not condition:
        raise ValueError(what)


def text(value, pattern=r"(?s).+", most=1 << 20):
    need(isinstance(value, str) and len(value) <= most and re.fullmatch(pattern, value), "text %r" % (value,))


def line(value):
    need(type(value) is int and value >= 1, "line %r" % (value,))


def keys(value, required, optional=()):
    need(isinstance(value, dict), "an object")
    need(set(required) <= set(value) <= set(required) | set(optional), "fields %s" % sorted(value))


def gitlab_tool(tool):
    keys(tool, ["id", "name", "url", "version", "vendor"])
    for name in ("id", "name", "version"):
        text(tool[name])
    text(tool["url"], URL)
    text(tool["vendor"]["name"])


def gitlab_detail(detail, named):
    need(not named or detail.get("name"), "a named detail")
    if detail["type"] == "list":
        for item in detail["items"]:
            gitlab_detail(item, False)
    else:
        need(detail["type"] == "text" and isinstance(detail["value"], str), "detail %r" % (detail,))


def gitlab(report):
    keys(report, ["version", "scan", "vulnerabilities"])
    need(report["version"] == "15.0.7", "version")
    scan = report["scan"]
    keys(scan, ["analyzer", "scanner", "type", "start_time", "end_time", "status"], ["messages"])
    gitlab_tool(scan["analyzer"])
    gitlab_tool(scan["scanner"])
    need(scan["type"] == "secret_detection" and scan["status"] in ("success", "failure"), "type and status")
    text(scan["start_time"], TIME)
    text(scan["end_time"], TIME)
    for message in scan.get("messages", []):
        need(message["level"] in ("info", "warn", "fatal"), "message level")
        text(message["value"])
    ids = set()
    for found in report["vulnerabilities"]:
        keys(found, ["id", "name", "description", "severity", "solution", "identifiers", "location", "details"])
        text(found["id"], UUID)
        ids.add(found["id"])
        text(found["name"], most=255)
        text(found["description"])
        text(found["solution"], most=7000)
        need(found["severity"] in SEVERITIES, "severity")
        need(found["identifiers"], "an identifier")
        for identifier in found["identifiers"]:
            for name in ("type", "name", "value"):
                text(identifier[name])
        place = found["location"]
        keys(place, ["file", "start_line", "end_line", "commit"])
        keys(place["commit"], ["sha"], ["date", "author"])
        text(place["file"])
        text(place["commit"]["sha"])
        line(place["start_line"])
        line(place["end_line"])
        for detail in found["details"].values():
            gitlab_detail(detail, True)
    need(len(ids) == len(report["vulnerabilities"]), "ids are unique")


def codequality(report):
    need(isinstance(report, list), "a list")
    for issue in report:
        keys(issue, ["description", "check_name", "fingerprint", "severity", "location"])
        for name in ("description", "check_name", "fingerprint"):
            text(issue[name], r".+")
        need(issue["severity"] in ("info", "minor", "major", "critical", "blocker"), "severity")
        text(issue["location"]["path"], r"(?!/|\./).+")
        line(issue["location"]["lines"]["begin"])
    need(len({issue["fingerprint"] for issue in report}) == len(report), "fingerprints are unique")


def main(xsd, folder):
    schema = etree.XMLSchema(etree.parse(xsd))
    checks = {
        ".gitlab": lambda path: gitlab(json.loads(path.read_text("utf-8"))),
        ".codequality": lambda path: codequality(json.loads(path.read_text("utf-8"))),
        ".junit": lambda path: schema.assertValid(etree.parse(str(path))),
    }
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.suffix in checks:
            try:
                checks[path.suffix](path)
            except (ValueError, KeyError, TypeError, etree.DocumentInvalid) as problem:
                raise SystemExit("%s: %s: %r" % (path.name, type(problem).__name__, problem))


if __name__ == "__main__":
    main(*sys.argv[1:])
