"""`imagestream serve` as the Python package `kubernetes` meets it, through its dynamic client.

`IMAGESTREAM_COMMAND` names the command; `cargo xtask test` sets it and runs this with the package at hand.
"""

import json
import os
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import yaml
from kubernetes import client
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ApiException, ConflictError, NotFoundError, UnprocessibleEntityError

GROUP_VERSION = "image.openshift.io/v1"
MAPPING = Path(__file__).parents[2] / "examples" / "mapping.yaml"
DIGEST = "sha256:aa0711c4fc25264ce59b5f9315b555ba1252ad0fbd0e290634b693df2045a072"
PATCH_TYPES = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "json": "application/json-patch+json",
}


def stream(name, labels=None):
    return {
        "kind": "ImageStream",
        "apiVersion": GROUP_VERSION,
        "metadata": {"name": name, "labels": labels or {}},
    }


class DynamicClientTest(unittest.TestCase):
    """Each test has a server of its own, on an empty store."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = subprocess.Popen(
            [os.environ["IMAGESTREAM_COMMAND"], "serve", "--db", "shop.redb", "--port", "0", "--ready-file", "ready"],
            cwd=folder.name,
            stdout=subprocess.DEVNULL,
        )
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        ready = Path(folder.name, "ready")
        deadline = time.monotonic() + 20
        while not ready.exists():
            self.assertLess(time.monotonic(), deadline, "the server is not ready")
            time.sleep(0.01)
        port = json.loads(ready.read_text())["port"]
        api_client = client.ApiClient(client.Configuration(host=f"http://127.0.0.1:{port}"))
        self.addCleanup(api_client.close)
        # What the discovery finds is kept in a file, and must not be there for the next server on this port.
        self.dynamic = DynamicClient(api_client, cache_file=str(Path(folder.name, "discovery.json")))
        self.streams = self.resource("ImageStream")

    def resource(self, kind):
        return self.dynamic.resources.get(api_version=GROUP_VERSION, kind=kind)

    def create(self, name, **labels):
        return self.streams.create(body=stream(name, labels), namespace="shop")

    def names(self, **selection):
        return [item.metadata.name for item in self.streams.get(namespace="shop", **selection).items]

    def test_discovery_finds_resources_by_kind_and_by_each_name(self):
        self.assertTrue(self.streams.namespaced)
        self.assertIn("patch", self.streams.verbs)
        self.assertFalse(self.resource("Image").namespaced)
        # A search that names no version goes through Kubernetes' own group as well, which is not here.
        for search in [{"name": "imagestreamtags"}, {"singular_name": "imagestreamtag"}, {"short_names": ["istag"]}]:
            found = self.dynamic.resources.get(api_version=GROUP_VERSION, **search)
            self.assertEqual(found.kind, "ImageStreamTag", search)
        self.assertIn("status", self.streams.subresources)

    def test_objects_are_created_read_replaced_and_deleted(self):
        created = self.create("web")
        self.assertEqual((created.kind, created.metadata.generation), ("ImageStream", 1))
        found = self.streams.get(name="web", namespace="shop")
        self.assertEqual(found.to_dict(), created.to_dict())

        wanted = found.to_dict()
        wanted["metadata"]["labels"] = {"team": "web"}
        replaced = self.streams.replace(body=wanted, namespace="shop")
        self.assertEqual(replaced.metadata.labels.team, "web")
        with self.assertRaises(ConflictError) as conflict:
            self.streams.replace(body=wanted, namespace="shop")
        self.assertIn("the object has been modified", str(conflict.exception.body))
        with self.assertRaises(ConflictError):
            self.create("web")
        with self.assertRaises(UnprocessibleEntityError):
            self.create("Web_")

        deleted = self.streams.delete(name="web", namespace="shop")
        self.assertEqual(deleted.status, "Success")
        with self.assertRaises(NotFoundError) as missing:
            self.streams.get(name="web", namespace="shop")
        self.assertEqual(
            json.loads(missing.exception.body)["message"], 'imagestreams.image.openshift.io "web" not found'
        )

    def test_patches_of_each_type_are_understood(self):
        self.create("web", team="web")
        for label, content_type in PATCH_TYPES.items():
            patch = {"metadata": {"labels": {label: "yes"}}}
            if label == "json":
                patch = [{"op": "add", "path": "/metadata/labels/json", "value": "yes"}]
            patched = self.streams.patch(name="web", namespace="shop", body=patch, content_type=content_type)
            self.assertEqual(patched.metadata.labels[label], "yes")
        self.assertEqual(patched.metadata.labels.to_dict(), {"team": "web", **dict.fromkeys(PATCH_TYPES, "yes")})

    def test_applied_fields_have_one_manager(self):
        def apply(labels, manager, **options):
            body = stream("web", labels)
            return self.dynamic.server_side_apply(
                self.streams, name="web", namespace="shop", body=body, field_manager=manager, **options
            )

        self.assertEqual(apply({"team": "web"}, "one").metadata.managedFields[0].manager, "one")
        with self.assertRaises(ConflictError):
            apply({"team": "shop"}, "two")
        self.assertEqual(apply({"team": "shop"}, "two", force_conflicts=True).metadata.labels.team, "shop")

    def test_a_mapping_pushes_an_image(self):
        self.create("httpd")
        answer = self.resource("ImageStreamMapping").create(body=yaml.safe_load(MAPPING.read_text()), namespace="shop")
        self.assertEqual((answer.kind, answer.status, answer.code), ("Status", "Success", 201))
        tag = self.resource("ImageStreamTag").get(name="httpd:latest", namespace="shop")
        self.assertEqual(tag.image.metadata.name, DIGEST)
        self.assertEqual(self.resource("Image").get(name=DIGEST).dockerImageMetadata.Architecture, "amd64")
        layers = self.streams.layers.get(name="httpd", namespace="shop")
        self.assertIn(DIGEST, layers.images.to_dict())
        self.resource("ImageStreamTag").delete(name="httpd:latest", namespace="shop")
        with self.assertRaises(ApiException) as missing:
            self.resource("ImageStreamTag").get(name="httpd:latest", namespace="shop")
        self.assertEqual(missing.exception.status, 404)

    def test_selectors_choose(self):
        self.create("base", tier="back")
        self.create("shop", tier="front", team="web")
        self.create("web", tier="front")
        self.assertEqual(self.names(), ["base", "shop", "web"])
        self.assertEqual(self.names(label_selector="tier=front"), ["shop", "web"])
        self.assertEqual(self.names(label_selector="tier in (front, back),!team"), ["base", "web"])
        self.assertEqual(self.names(field_selector="metadata.name=web"), ["web"])
        everywhere = self.streams.get(label_selector="team")
        self.assertEqual([item.metadata.namespace for item in everywhere.items], ["shop"])

    def test_lists_come_in_chunks_of_one_version(self):
        for index in range(5):
            self.create(f"s{index}")
        names, versions, token = [], set(), None
        while token != "":
            chunk = self.streams.get(namespace="shop", limit=2, _continue=token)
            names.extend(item.metadata.name for item in chunk.items)
            versions.add(chunk.metadata.resourceVersion)
            token = chunk.metadata["continue"] or ""
            self.create(f"later{len(names)}")
        self.assertEqual(names, [f"s{index}" for index in range(5)])
        self.assertEqual(len(versions), 1)

    def test_a_watch_tells_of_each_change_from_a_version_on(self):
        version = self.create("web").metadata.resourceVersion

        def change():
            patch = {"metadata": {"labels": {"team": "web"}}}
            self.streams.patch(name="web", namespace="shop", body=patch, content_type=PATCH_TYPES["merge"])
            self.create("shop")
            self.streams.delete(name="web", namespace="shop")

        writer = threading.Timer(0.2, change)
        writer.start()
        self.addCleanup(writer.join)
        events = []
        for event in self.streams.watch(namespace="shop", resource_version=version, timeout=20):
            events.append((event["type"], event["object"].metadata.name))
            if len(events) == 3:
                break
        self.assertEqual(events, [("MODIFIED", "web"), ("ADDED", "shop"), ("DELETED", "web")])


if __name__ == "__main__":
    unittest.main()
