/**
 * What tsyringe asks for as soon as it is imported. In a module of its own because bundlers run an imported CommonJS module
 * where the importing module begins, after all that it imports; package.json says that this one has a side effect.
 */
import "reflect-metadata/lite";
