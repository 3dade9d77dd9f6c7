/// What a new PocketBase is given: the collections, and its settings. Nothing of what it does is changed.

migrate((app) => {
  // Whoever updates a task says which version it changes: `base` is compared with what is stored, and `version+` adds to
  // it. A deleted task keeps its record, so that clients that were away find it among what has changed since.
  app.save(new Collection({
    type: "base",
    name: "tasks",
    listRule: "",
    viewRule: "",
    createRule: "",
    updateRule: "@request.body.base = version",
    fields: [
      { name: "repository", type: "text", required: true },
      { name: "name", type: "text", required: true },
      { name: "content", type: "text", max: 100000 },
      { name: "version", type: "number", onlyInt: true },
      { name: "deleted", type: "bool" },
      { name: "author", type: "text" },
      { name: "written", type: "number" },
      { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
    ],
    indexes: ["CREATE INDEX tasks_changed ON tasks (repository, updated, id)"],
  }));

  // One of each request, in the same transaction: a request that comes again finds its own, and takes effect once.
  app.save(new Collection({
    type: "base",
    name: "requests",
    viewRule: "",
    createRule: "",
    fields: [{ name: "outcome", type: "json" }],
  }));

  const settings = app.settings();
  settings.batch.enabled = true;
  settings.batch.maxRequests = 2001;
  settings.batch.timeout = 30;
  const limit = Number($os.getenv("RATE_LIMIT"));
  if (limit) {
    settings.rateLimits.enabled = true;
    const duration = Math.ceil(Number($os.getenv("RATE_WINDOW_S")));
    settings.rateLimits.rules = [{ label: "/api/batch", maxRequests: limit, duration: duration }];
  }
  app.save(settings);

  // Without one, PocketBase opens a browser on its first start.
  const owner = new Record(app.findCollectionByNameOrId("_superusers"));
  owner.set("email", "owner@tasks.invalid");
  owner.set("password", $security.randomString(30));
  app.save(owner);
});
