using MoeOrleans.Compute.Specification;
using Spectre.Console;

namespace MoeOrleans.Cli.Views;

/// <summary>Every field of the specification: 'moe spec --describe'.</summary>
internal static class FieldTable
{
    // In a narrower table, range and meaning would be broken within words.
    private const int TableWidth = 130;

    public static void Write(IEnumerable<FieldDescription> fields) => Consoles.WriteOutput((console, _) =>
    {
        if (console.Profile.Width < TableWidth)
        {
            foreach (var field in fields)
            {
                console.Write(new Text($"{field.Path}  {field.Type}, default {field.Default}\n", new Style(decoration: Decoration.Bold)));
                console.Write(new Padder(new Text($"{field.Meaning}; {field.Range}"), new Padding(4, 0, 0, 0)));
            }

            return;
        }

        var table = new Table { Border = TableBorder.None };
        string[] titles = ["field", "type", "default", "range", "meaning"];
        foreach (var title in titles) table.AddColumn(new TableColumn(new Text(title, new Style(decoration: Decoration.Bold))));
        // Range and meaning share the rest of a narrow terminal. A path is never broken, so that users can copy it.
        for (var i = 0; i < 3; i++) table.Columns[i].NoWrap = true;
        foreach (var column in table.Columns) column.Padding = new Padding(0, 0, 2, 0);
        foreach (var field in fields)
            table.AddRow(new Text(field.Path), new Text(field.Type), new Text(field.Default), new Text(field.Range), new Text(field.Meaning));
        console.Write(table);
    });
}
