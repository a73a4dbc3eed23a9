"""Checks the API's document by itself: valid OpenAPI 3.0.3, and the same in JSON and in YAML.

    document.py http://127.0.0.1:PORT

Needs openapi-spec-validator and PyYAML; schema.py runs it with the Python of its venv. One line for each thing that is
wrong; exit 1 if there is any.
"""

import json
import sys
import urllib.request

import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator

JSON_TYPE, YAML_TYPE = "application/vnd.oai.openapi+json", "application/vnd.oai.openapi"


def fetch(url: str, accept: str, expected: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=15) as answer:
        if answer.headers["Content-Type"] != expected:
            raise SystemExit(f"{url} with Accept: {accept} has the type {answer.headers['Content-Type']}, not {expected}")
        return answer.read()


def main() -> int:
    schema = sys.argv[1] + "/api/schema/"
    text = fetch(schema + "?format=json", "*/*", JSON_TYPE)
    document = json.loads(text)
    wrong = []
    for url, accept, kind in [(schema, "application/json", "application/json"), (schema, JSON_TYPE, JSON_TYPE)]:
        if fetch(url, accept, kind) != text:
            wrong.append(f"{url} with Accept: {accept} is another document than with ?format=json")
    for url, accept in [(schema, "*/*"), (schema, YAML_TYPE), (schema + "?format=yaml", "*/*")]:
        if yaml.safe_load(fetch(url, accept, YAML_TYPE)) != document:
            wrong.append(f"the YAML of {url} with Accept: {accept} says something else than the JSON")
    if document.get("openapi") != "3.0.3":
        wrong.append(f"the document calls itself OpenAPI {document.get('openapi')}")
    for error in OpenAPIV30SpecValidator(document).iter_errors():
        wrong.append(f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
    operations = sum(len(methods) for methods in document["paths"].values())
    print("\n".join(wrong) if wrong else f"{len(document['paths'])} paths with {operations} operations, JSON and YAML alike")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
